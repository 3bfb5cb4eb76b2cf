// The placement's part of what Slurm does not take: what is tried again, when, and what is believed.
#include <algorithm>
#include <array>
#include <string_view>

#include "base/log.hpp"
#include "runners/slurm_placement.hpp"
#include "stune/error.hpp"
#include "trial/task.hpp"

namespace stune::slurm {
namespace {

constexpr std::size_t kinds_remembered = 32;

template <std::size_t N>
bool speaks_of(std::string_view text, const std::array<std::string_view, N>& phrases) {
  return std::any_of(phrases.begin(), phrases.end(),
                     [&](std::string_view phrase) { return text.find(phrase) != std::string_view::npos; });
}

/// What more was asked for, and is too much; nothing where a refusal speaks of something else.
std::optional<Cause> denied(const Job& job, std::string_view refusal) {
  constexpr std::array<std::string_view, 3> of_time{"time limit", "Time limit", "WallDuration"};
  constexpr std::array<std::string_view, 4> of_memory{"emory", "MaxMem", "node configuration", "MinMem"};
  // Slurm's general sentence mentions time limits, whatever the limit is.
  const bool policy = refusal.find("accounting/QOS policy") != std::string_view::npos;
  const bool is_time = policy ? refusal.find("WallDuration") != std::string_view::npos : speaks_of(refusal, of_time);
  if (job.more_time > 0 && is_time) return Cause::timeout;
  if (job.more_memory > 0 && (speaks_of(refusal, of_memory) || (policy && !is_time))) return Cause::out_of_memory;
  return {};
}

/// As one would type it.
std::string call_text(const JobPlan& plan) {
  std::string text = "sbatch";
  for (const std::string& word : sbatch_arguments(plan, plan.submission_folder / "job.sh"))
    text.append(" ").append(quote_word(word));
  return text;
}

/// FNV-1a: the same in every process.
std::uint64_t hash_of(std::string_view text) {
  std::uint64_t hash = 14695981039346656037U;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211U;
  return hash;
}

}  // namespace

int Placement::batch_limit(int most) const {
  return std::min({most, array_limit_, limit_ ? limit_->batch : largest_batch});
}

TimePoint Placement::takes_jobs_at() const {
  return std::max({not_before_, pace_.due(), limit_ ? later(limit_->met, limit_->wait) : TimePoint::min()});
}

void Placement::read_refusal(Entry& entry, const Refusal& refusal, TimePoint now) {
  entry.refusal = refusal.text;
  const int size = static_cast<int>(entry.submission.jobs.size());
  const bool no_arrays = size > 1 && refusal.text.find("array") != std::string::npos;
  if (!watch_.empty()) limited_since_.reset();
  if (refusal.kind == Refusal::Kind::transient) {
    retry(entry, now);
  } else if (no_arrays) {
    array_limit_ = size / 2;
    defer(entry, now);
  } else if (refusal.kind == Refusal::Kind::permanent) {
    refuse(entry, now);
  } else if (size > 1) {
    shrink(entry, now);
    defer(entry, now);
  } else if (refusal.counts_own_jobs && may_be_no_limit(now)) {
    entry.stage = Stage::limited;
    hold_back(now);
  } else {
    hold_back(now);
    shrink(entry, now);
    defer(entry, now);
  }
}

/// A limit of own jobs, and none of ours is known to be in the queue. So Slurm speaks of a missing account or a spent
/// budget, too; but who was taken before has an account, and others of this user may fill the queue for hours.
bool Placement::may_be_no_limit(TimePoint now) {
  if (!watch_.empty()) return false;
  if (kinds_.empty() && !watch_.has_seen_a_claim()) return true;
  if (!limited_since_) limited_since_ = now;
  return now - *limited_since_ >= timing_.disbelief;
}

void Placement::retry(Entry& entry, TimePoint now) {
  if (retries_.is_fresh()) log::warn("Slurm takes no jobs at the moment; trying again: " + entry.refusal);
  entry.stage = Stage::ready;
  not_before_ = later(now, jitter_(retries_.next()));
  drop_stopped(entry, now);
}

void Placement::shrink(const Entry& entry, TimePoint now) {
  if (!limit_) limit_ = SubmitLimit{now, Seconds{0}, largest_batch};
  limit_->met = now;
  limit_->batch = std::max(1, static_cast<int>(entry.submission.jobs.size()) / 2);
}

void Placement::hold_back(TimePoint now) {
  if (limit_ && now < later(limit_->met, limit_->wait)) return;
  if (!limit_) limit_ = SubmitLimit{now, Seconds{0}, largest_batch};
  limit_->met = now;
  limit_->wait = jitter_(std::clamp(2 * limit_->wait, timing_.limit, timing_.limit_cap));
}

void Placement::defer(Entry& entry, TimePoint now) {
  const std::string why = entry.refusal;
  const Metadata metadata{{reason_key, reason_in(why)}};
  entry.stage = Stage::ready;
  for (Entry& other : entries_) {
    if (other.stage != Stage::ready) continue;
    drop_stopped(other, now);
    std::erase_if(other.submission.jobs, [&](const Job& job) {
      if (stopped_.contains(job.id)) return false;
      JobReport deferred{job.id, JobState::deferred};
      deferred.detail = why;
      deferred.metadata = metadata;
      report(std::move(deferred));
      return true;
    });
    other.over = other.submission.jobs.empty();
  }
}

void Placement::refuse(Entry& entry, TimePoint now) {
  const Job& first = entry.submission.jobs.front();
  if (!first.avoid_hosts.empty() && !entry.any_node) {
    log::info("Slurm has no other nodes than those that failed lately (" + entry.refusal + "); they are tried again");
    entry.any_node = true;
    entry.stage = Stage::ready;
    return drop_stopped(entry, now);
  }
  if (const auto cause = denied(first, entry.refusal)) return deny_more(entry, *cause, now);
  TakenKind* known = find_kind(kind_of(entry));
  if (known == nullptr) give_up(entry);
  // What was taken for days is refused while a partition is being changed, or an account renewed.
  if (!known->refused) known->refused = now;
  if (now - *known->refused >= timing_.disbelief) give_up(entry);
  hold_back(now);
  defer(entry, now);
}

void Placement::deny_more(Entry& entry, Cause cause, TimePoint now) {
  std::erase_if(entry.submission.jobs, [&](const Job& job) {
    JobReport ended{job.id, JobState::ended, Ending{}};
    ended.ending->cause = cause;
    ended.ending->ended = now;
    ended.ending->detail = "Slurm does not grant more: " + entry.refusal;
    return settle(entry, std::move(ended), now);
  });
  entry.stage = Stage::ready;
  entry.over = entry.submission.jobs.empty();
}

void Placement::give_up(const Entry& entry) const {
  throw RunnerError("Slurm refused the job of trial " + to_string(entry.submission.jobs.front().id) + ":\n" +
                    entry.refusal + "\nIt was submitted with:\n  " + call_text(plan_of(entry, entry.number)) +
                    "\nCheck the #SBATCH lines of the script and the --sbatch options.");
}

std::uint64_t Placement::kind_of(const Entry& entry) const {
  return hash_of(options_text(options_, entry.submission.jobs.front()));
}

TakenKind* Placement::find_kind(std::uint64_t key) {
  const auto known = std::find_if(kinds_.begin(), kinds_.end(), [key](const TakenKind& k) { return k.key == key; });
  return known != kinds_.end() ? &*known : nullptr;
}

void Placement::learn(const Entry& entry) {
  retries_.reset();
  if (limit_) limit_->wait = Seconds{0};
  limits_in_empty_queue_ = silences_ = 0;
  limited_since_.reset();
  const std::uint64_t key = kind_of(entry);
  if (TakenKind* known = find_kind(key)) {
    known->refused.reset();
    return;
  }
  if (kinds_.size() == kinds_remembered) kinds_.erase(kinds_.begin());
  kinds_.push_back({key, {}});
}

}  // namespace stune::slurm
