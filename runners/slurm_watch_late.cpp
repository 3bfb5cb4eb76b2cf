// The watch's part of what comes after an attempt was given up.
#include "base/log.hpp"
#include "runners/slurm_watch.hpp"
#include "stune/error.hpp"
#include "trial/claim.hpp"

namespace stune::slurm {

/// A verdict that was made without a record, and what the record says, once.
void Watch::tell_late(const std::pair<const AttemptId, Cause>& verdict, const ExitRecord& record, bool final) {
  const Ending left = ending_of(record);
  if (left.cause == verdict.second || !told_late_.insert(verdict.first).second) return;
  log::warn("trial " + to_string(verdict.first) + " was judged as " + to_string(verdict.second) +
            ", but has left a result after all: " +
            (left.cause == Cause::exit_code ? "exit code " + std::to_string(left.exit_code) : to_string(left.cause)) +
            (final ? "; the verdict stays" : "; it counts if another attempt of it still waits"));
}

/// `given_up` is no longer watched, and yet it left a marker. If it came to a result by its own will, and the attempt
/// that followed it has not started and now never will, that is the trial's result. A marker without such an attempt
/// stays: the attempt may be on its way into the queue. Where nothing follows, people are told.
void Watch::take_late_evidence(AttemptId given_up, TimePoint now) {
  const auto end = ended_.find(given_up);
  const bool final = end != ended_.end() && !is_infrastructure(end->second);
  const auto current = jobs_.upper_bound(given_up);
  const bool followed = current != jobs_.end() && current->first.trial == given_up.trial;
  if (!final && followed && current->second.stop_asked) return;
  if (!final && !followed && (end == ended_.end() || told_late_.contains(given_up))) return;
  try {
    const auto start = claims_.last_start(given_up, now);
    const auto record = start ? read_exit_record(folder_.attempt(given_up).exit_record(start->start)) : std::nullopt;
    const bool has_result = record && !ended_from_outside(*record);
    if (has_result && (final || !followed)) tell_late(*end, *record, final);
    if (final) return remove_marker(given_up);  // nothing follows it
    if (!followed) return;
    WatchedJob& job = current->second;
    if (has_result) {
      if (std::holds_alternative<Fenced>(claims_.fence(job.id, {}, now))) {
        log::info("trial " + to_string(given_up) + " had come to its end after all; its next attempt is not needed");
        JobReport late{job.id, JobState::ended, ending_of(*record)};
        late.ending->detail += "late evidence of attempt " + std::to_string(given_up.attempt);
        late.metadata = metadata_of(job);
        (*late.metadata)[attempt_key] = std::to_string(given_up.attempt);
        (*late.metadata)[start_key] = std::to_string(start->start);
        job.late = std::move(late);
        job.stop_asked = job.cancel_due = job.fenced = true;
      } else {
        log::info("trial " + to_string(given_up) + " had come to its end after all, too late: its next attempt runs");
      }
    }
    // Last, so that a trouble with files does not lose it, and what is still to be reported stays for the next
    // coordinator, too. It was fenced when it was given up: no start comes later.
    if (!job.late) remove_marker(given_up);
  } catch (const StorageError& error) {
    log::warn("trial " + to_string(given_up) + " is looked at again later: " + error.what());
  }
}

}  // namespace stune::slurm
