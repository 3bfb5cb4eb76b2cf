#include "storage/lock_record.hpp"

#include <unistd.h>

#include <algorithm>

#include "base/file.hpp"
#include "base/random.hpp"
#include "storage/fields.hpp"
#include "stune/error.hpp"

namespace stune {

namespace fs = std::filesystem;

namespace storage {
namespace {

constexpr std::size_t counter_digits = 12;

void fields(auto& field, Like<LockHolder> auto& holder, Like<std::string> auto& counter) {
  field("counter", counter);
  field("nonce", holder.nonce);
  field("host", holder.host);
  field("pid", holder.process.pid);
  field("start_ticks", holder.process.start_ticks);
  field("boot_id", holder.process.boot_id);
  field("pid_namespace", holder.pid_namespace);
  field.rare("job", holder.job);
}

std::string pid_namespace() {
  std::error_code ignored;
  return fs::read_symlink("/proc/self/ns/pid", ignored).string();
}

}  // namespace

std::string counter_text(std::uint64_t counter) {
  std::string digits = std::to_string(counter);
  return std::string(counter_digits - std::min(counter_digits, digits.size()), '0') + digits;
}

std::string encoded(const LockHolder& holder) {
  std::string text;
  json::Writer out(text);
  out.begin_object();
  FieldWriter field(out);
  const std::string counter = counter_text(holder.counter);
  fields(field, holder, counter);
  out.end_object();
  return text + "\n";
}

std::optional<LockHolder> decoded(const std::string& text) {
  try {
    json::Tape tape;
    tape.parse(text);
    json::Cursor in(tape);
    LockHolder holder;
    std::string counter;
    in.object([&](std::string_view name) {
      FieldReader field(in, name);
      fields(field, holder, counter);
      if (!field.found()) in.skip();
    });
    holder.counter = std::stoull("0" + counter);
    return holder;
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

LockHolder ourselves() {
  LockHolder holder;
  holder.nonce = random_name(20);
  holder.host = host_name();
  holder.process.pid = ::getpid();
  holder.process = identify(::getpid()).value_or(holder.process);
  holder.pid_namespace = pid_namespace();
  return holder;
}

}  // namespace storage

std::optional<LockHolder> read_lock(const fs::path& folder) {
  try {
    const auto text = read_file(folder / "lock");
    return text ? storage::decoded(*text) : std::nullopt;
  } catch (const StorageError&) {
    return std::nullopt;
  }
}

HolderState examine(const LockHolder& holder) {
  const auto self = identify(::getpid());
  const bool same_machine = self && holder.host == host_name() && holder.process.boot_id == self->boot_id &&
                            holder.pid_namespace == storage::pid_namespace();
  if (!same_machine) return HolderState::elsewhere;
  return is_alive(holder.process) ? HolderState::alive : HolderState::dead;
}

std::string describe(const LockHolder& holder) {
  return "process " + std::to_string(holder.process.pid) + " on " + holder.host;
}

}  // namespace stune
