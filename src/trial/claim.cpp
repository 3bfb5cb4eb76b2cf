#include "trial/claim.hpp"

#include <charconv>
#include <optional>

#include "base/file.hpp"
#include "stune/error.hpp"
#include "trial/exit_record.hpp"
#include "trial/json.hpp"

namespace stune {
namespace {

using trial::Json;

std::string encode_claimant(const Claimant& claimant) {
  return Json{{"job", trial::encode_text(claimant.job)},     {"restart", claimant.restart},
              {"host", trial::encode_text(claimant.host)},   {"pid", claimant.process.pid},
              {"start_ticks", claimant.process.start_ticks}, {"boot_id", trial::encode_text(claimant.process.boot_id)},
              {"nonce", trial::encode_text(claimant.nonce)}, {"nodes", claimant.nodes}}
             .dump() +
         "\n";
}

Claimant decode_claimant(const Json& json) {
  Claimant claimant;
  claimant.job = trial::decode_text(json.at("job"));
  claimant.restart = trial::member_or(json, "restart", 0);
  claimant.host = trial::text_or(json, "host");
  claimant.process.pid = trial::member_or(json, "pid", 0);
  claimant.process.start_ticks = trial::member_or(json, "start_ticks", std::uint64_t{0});
  claimant.process.boot_id = trial::text_or(json, "boot_id");
  claimant.nonce = trial::text_or(json, "nonce");
  claimant.nodes = trial::member_or(json, "nodes", 0);
  return claimant;
}

/// Nothing if there is no such claim.
std::optional<Claimant> read_claim(const std::filesystem::path& file) {
  const auto text = read_file(file);
  if (!text) return std::nullopt;
  try {
    return decode_claimant(Json::parse(*text));
  } catch (const std::exception& e) {
    throw StorageError("the claim " + file.string() + " is damaged: " + e.what());
  }
}

bool is_fence(const Claimant& claimant) { return claimant.job.empty(); }

std::string describe(const Claimant& by) { return by.job + " on " + by.host; }

/// Why `claimant` must not start after `by`, whose start is `start`; empty if it may.
std::string refusal(const AttemptFolder& folder, int start, const Claimant& by, const Claimant& claimant) {
  if (is_fence(by)) return "fenced: it was given up before it could start";
  const auto record = read_exit_record(folder.exit_record(start));
  if (record && !ended_from_outside(*record)) return "already finished by " + describe(by);
  if (by.job == claimant.job && claimant.restart > by.restart) return {};
  return "already started by " + describe(by);
}

Claimant claim_at(const AttemptFolder& folder, int start) {
  auto by = read_claim(folder.claim(start));
  if (!by) throw StorageError("the claim " + folder.claim(start).string() + " exists but cannot be seen yet");
  return std::move(*by);
}

std::variant<Fenced, Started> fence_from(const AttemptFolder& folder, int first) {
  create_folders(folder.path());
  Claimant coordinator;
  coordinator.host = host_name();
  if (create_exclusively(folder.claim(first), encode_claimant(coordinator))) return Fenced{};
  int start = first;
  Claimant by = claim_at(folder, start);
  while (auto next = read_claim(folder.claim(start + 1))) {
    by = std::move(*next);
    ++start;
  }
  if (is_fence(by)) return Fenced{};
  return Started{start, std::move(by)};
}

}  // namespace

int highest_claim(const AttemptFolder& folder) {
  constexpr std::string_view prefix = "claim.";
  int highest = -1;
  std::error_code error;
  std::filesystem::directory_iterator entry(folder.path(), error);
  if (error == std::errc::no_such_file_or_directory) return -1;
  for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    int start = -1;
    if (!name.starts_with(prefix)) continue;
    const auto [end, code] = std::from_chars(name.data() + prefix.size(), name.data() + name.size(), start);
    if (code == std::errc() && end == name.data() + name.size()) highest = std::max(highest, start);
  }
  if (error) throw StorageError("cannot list " + folder.path().string() + ": " + error.message());
  return highest;
}

std::variant<Claimed, Refused> claim(const AttemptFolder& folder, const Claimant& claimant) {
  for (int last = highest_claim(folder);; ++last) {
    if (last >= 0) {
      Claimant by = claim_at(folder, last);
      if (!claimant.nonce.empty() && by.nonce == claimant.nonce) return Claimed{last};
      std::string why = refusal(folder, last, by, claimant);
      if (!why.empty()) return Refused{last, std::move(by), std::move(why)};
    }
    if (create_exclusively(folder.claim(last + 1), encode_claimant(claimant))) return Claimed{last + 1};
  }
}

std::variant<Fenced, Started> fence(const AttemptFolder& folder) { return fence_from(folder, 0); }

std::variant<Fenced, Started> fence_after(const AttemptFolder& folder, int after) {
  return fence_from(folder, after + 1);
}

bool may_still_run(const AttemptFolder& folder) {
  const auto started = last_start(folder);
  return started && !read_exit_record(folder.exit_record(started->start));
}

std::optional<Started> last_start(const AttemptFolder& folder) {
  for (int start = highest_claim(folder); start >= 0; --start) {
    Claimant by = claim_at(folder, start);
    if (!is_fence(by)) return Started{start, std::move(by)};
  }
  return std::nullopt;
}

}  // namespace stune
