#include "runners/slurm_dialogue.hpp"

#include <unistd.h>

#include <algorithm>

#include "base/clock.hpp"
#include "base/file.hpp"
#include "base/log.hpp"
#include "runners/slurm_escalation.hpp"
#include "stune/error.hpp"

namespace stune::slurm {
namespace {

constexpr int jobs_before_the_first_claim = 4;
constexpr Seconds soon{20};
constexpr Seconds config_lasts{24 * 3600.0};
constexpr Seconds memory_of_accounting{7 * 24 * 3600.0};

UserOptions read_options(const SlurmOptions& options, const Workplace& workplace) {
  std::string script;
  const auto& path = workplace.command.script;
  if (!path.empty()) script = read_file(path).value_or("");
  UserOptions sorted = sort_options(script_words(script, path.filename().string()),
                                    typed_words(workplace.environment, options.sbatch_options));
  for (const std::string& note : sorted.notes) log::warn(note);
  return sorted;
}

UserOptions checked(UserOptions options, const Workplace& workplace) {
  check_growth(options, workplace.time_factor, workplace.memory_factor, workplace.trial_time_limit);
  return options;
}

std::filesystem::path notes_file(const Workplace& workplace) { return workplace.folder / "slurm-notes"; }

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ",") + word;
  return text;
}

/// For a person to type.
std::string scancel_line(const std::string& cluster, const std::vector<std::string>& jobs) {
  std::string line = "scancel" + (cluster.empty() ? "" : " --clusters=" + cluster);
  for (const std::string& job : jobs) line += " " + job;
  return line;
}

/// Asked for a task, sacct knows nothing of an array none of whose tasks has started.
std::vector<std::string> whole_arrays(std::vector<std::string> jobs) {
  for (std::string& job : jobs) job.erase(std::min(job.size(), job.find('_')));
  std::sort(jobs.begin(), jobs.end());
  jobs.erase(std::unique(jobs.begin(), jobs.end()), jobs.end());
  return jobs;
}

/// For sacct -S, which takes local time; a day more or less does not matter.
std::string day_before(TimePoint now, Seconds span) { return to_iso(later(now, -span)).substr(0, 10); }

}  // namespace

Dialogue::Dialogue(const SlurmOptions& options, const Workplace& workplace)
    : workplace_(workplace),
      folder_(workplace.folder),
      options_(checked(read_options(options, workplace), workplace)),
      timing_(options),
      surroundings_(with_surroundings(current_environment(), workplace.environment)),
      job_environment_(job_environment(workplace.environment, surroundings_)),
      channel_(*workplace.commands, surroundings_, options_.cluster),
      claims_(folder_, timing_),
      watch_(folder_, timing_, claims_, static_cast<int>(::geteuid()), options_.requeue),
      placement_(workplace_, folder_, options_, timing_, Pace(options.submit_rate, options.submit_burst), claims_,
                 watch_),
      queue_(timing_.look, timing_.growth, timing_.look_cap),
      files_(timing_.files, timing_.growth, timing_.files_cap),
      cancel_retries_(timing_.retry, timing_.retry_cap) {
  create_folders(folder_.done());
  recall(workplace.clock->now());
}

/// A coordinator that follows another one closely, from cron perhaps, asks and waits as if it were the same one.
void Dialogue::recall(TimePoint now) {
  try {
    notes_ = parse_notes(read_file(notes_file(workplace_)).value_or(""), now);
  } catch (const StorageError&) {
    return;
  }
  saved_notes_ = notes_;
  claims_.remember(notes_.doubts.unreadable);
  watch_.remember(notes_.doubts, notes_.claim_seen);
  placement_.remember(notes_.submitting, now);
  if (notes_.look_at != TimePoint{}) queue_.begin(notes_.look_at);
  if (notes_.accounting_at != TimePoint{}) wait_for_accounting();
  if (notes_.config && now - notes_.config_at < config_lasts) take_config(*notes_.config);
}

void Dialogue::note() {
  notes_.doubts = watch_.doubts();
  notes_.doubts.unreadable = claims_.unreadable();
  notes_.claim_seen = watch_.has_seen_a_claim();
  notes_.submitting = placement_.notes();
  if (notes_ == saved_notes_) return;
  saved_notes_ = notes_;
  try {
    write_file(notes_file(workplace_), to_text(notes_));
  } catch (const StorageError&) {
    return;  // the next coordinator waits a little longer
  }
}

int Dialogue::capacity() const {
  if (placement_.is_held_back(workplace_.clock->now())) return 0;
  if (watch_.has_seen_a_claim()) return unlimited;
  const int taken = placement_.jobs() + static_cast<int>(watch_.size());
  return std::max(0, jobs_before_the_first_claim - taken);
}

int Dialogue::max_batch() const { return placement_.batch_limit(std::clamp(config_.max_array_size, 1, largest_batch)); }

std::string Dialogue::batch_key(const Job& job) const {
  return options_text(options_, job) + std::to_string(job.more_time) + " " + std::to_string(job.more_memory) +
         joined(job.avoid_hosts);
}

void Dialogue::submit(std::vector<Submission> submissions) {
  const TimePoint now = workplace_.clock->now();
  for (Submission& submission : submissions) placement_.add(std::move(submission), false, now);
  ask_next(now);
}

void Dialogue::adopt(std::vector<Submission> submissions) {
  const TimePoint now = workplace_.clock->now();
  for (Submission& submission : submissions) {
    for (const Job& job : submission.jobs) {
      if (!job.metadata || !job.metadata->contains(job_key)) continue;
      const bool known = watch_.contains(job.id) || watch_.has_ended(job.id) || placement_.contains(job.id);
      if (known) continue;
      const auto number = job.metadata->find(submission_key);
      watch_.add(job.id, submission.token, job.metadata->at(job_key),
                 number != job.metadata->end() ? number->second : std::string(), false, now);
    }
    std::erase_if(submission.jobs, [](const Job& job) { return job.metadata && job.metadata->contains(job_key); });
    placement_.add(std::move(submission), true, now);
  }
  queue_.hasten(now);
  files_.expect(now);
  collect();
  ask_next(now);
}

void Dialogue::stop(std::span<const AttemptId> ids) {
  const TimePoint now = workplace_.clock->now();
  for (const AttemptId id : ids) {
    if (watch_.contains(id)) {
      watch_.stop(id, now);
    } else if (placement_.contains(id)) {
      placement_.stop(id, now);
    }
  }
  files_.expect(now);
  collect();
  ask_next(now);
}

std::vector<JobReport> Dialogue::poll(TimePoint now) {
  last_poll_ = now;
  if (const auto answer = channel_.take(now)) read_answer(*answer, now);
  if (now >= files_.due()) {
    files_.begin(now);
    if (watch_.look_at_files(now)) {
      files_.news(now);
    } else {
      files_.quiet(now);
    }
  }
  if (watch_.take_wish_for_a_look()) queue_.hasten(now);
  collect();
  settle_without_accounting(now);
  collect();
  if (!has_work()) {
    queue_.rest();
    files_.rest();
  }
  ask_next(now);
  note();
  return std::exchange(reports_, {});
}

void Dialogue::collect() {
  for (auto&& news : {placement_.take_reports(), watch_.take_reports()}) {
    reports_.insert(reports_.end(), news.begin(), news.end());
  }
}

void Dialogue::read_answer(const Channel::Answer& answer, TimePoint now) {
  switch (answer.tool) {
    case Tool::scontrol:
      return read_config(answer.result, now);
    case Tool::sbatch:
      placement_.read_sbatch(answer.result, now);
      queue_.hasten(placement_.has_doubts() ? now : later(now, timing_.first_look));
      files_.expect(now);
      return;
    case Tool::squeue:
      return read_queue(answer.result, now);
    case Tool::sacct:
      return read_accounting(answer.result, now);
    case Tool::scancel:
      return read_cancel(answer.result, now);
    case Tool::sacctmgr:
      return;
  }
}

void Dialogue::read_config(const CommandResult& result, TimePoint now) {
  if (!is_good(result)) return;
  notes_.config = parse_config(result.output);
  notes_.config_at = now;
  take_config(*notes_.config);
}

void Dialogue::take_config(const Config& config) {
  config_ = config;
  accounting_ = accounting_ && config_.accounting;
  config_due_ = never;
  // A job that has ended should be seen before it leaves the queue. Where that would take more than the user allows,
  // exit records and accounting tell how jobs ended.
  if (config_.min_job_age > 0) queue_.set_cap(std::min(timing_.look_cap, Seconds{config_.min_job_age}));
}

void Dialogue::read_queue(const CommandResult& result, TimePoint now) {
  const bool good = is_good(result);
  if (!good) {
    queue_.failed(now);
  } else {
    queue_.took(result.elapsed);
    queue_.quiet(now);
    QueueAnswer answer = parse_squeue(result.output);
    answer.whole = answer.whole && !result.truncated;
    const bool placed = placement_.read_queue(answer, now);
    const bool changed = watch_.read_queue(answer, queue_.interval(), now);
    if (placed || changed) queue_.news(now);
  }
  if (placement_.has_doubts()) queue_.hasten(now);
}

void Dialogue::wait_for_accounting() {
  accounting_not_before_ = later(notes_.accounting_at, timing_.accounting_wait(notes_.accounting_failures));
}

void Dialogue::read_accounting(const CommandResult& result, TimePoint now) {
  notes_.accounting_at = now;
  if (is_accounting_disabled(result)) {
    log::info("Slurm keeps no accounting here; the queue and exit records have to do");
    accounting_ = false;
  } else if (!is_good(result)) {
    ++notes_.accounting_failures;
  } else {
    notes_.accounting_failures = 0;
    const auto rows = parse_sacct(result.output);
    if (!asked_tokens_.empty()) {
      placement_.read_accounting(rows, asked_tokens_, now);
    } else {
      watch_.read_accounting(rows, asked_jobs_, now);
    }
  }
  wait_for_accounting();
}

void Dialogue::settle_without_accounting(TimePoint now) {
  if (accounting_ && notes_.accounting_failures == 0) return;
  const Seconds patience = accounting_ ? timing_.accounting_patience : Seconds{0};
  placement_.give_up_accounting(patience, now);
  watch_.give_up_accounting(patience, now);
}

void Dialogue::read_cancel(const CommandResult& result, TimePoint now) {
  const bool good = is_good(result);
  std::string words = good ? "" : reason_in(result.error);
  if (!good && words.empty()) words = "no answer";
  const auto left = watch_.cancelled(asked_jobs_, words, now);
  if (!left.empty()) {
    log::warn(std::to_string(left.size()) + (left.size() == 1 ? " job" : " jobs") +
              " may still be in the queue, since scancel fails (" + words +
              "); no trial of theirs will start. Cancel them with:\n  " + scancel_line(options_.cluster, left));
  } else if (!good && cancel_retries_.is_fresh()) {
    log::warn("scancel fails, and is tried again: " + words);
  }
  if (good || watch_.to_cancel().empty()) cancel_retries_.reset();
  cancel_not_before_ = good ? now : later(now, cancel_retries_.next());
  files_.expect(now);
  queue_.hasten(later(now, timing_.first_look));
}

void Dialogue::ask_next(TimePoint now) {
  if (!channel_.is_free()) return;
  const TimePoint overdue = queue_.due() == never ? never : later(queue_.due(), timing_.look);
  const bool asked = ask_config(now) || ask_cancel(now) || ask_queue(now, overdue) || ask_submit(now) ||
                     ask_queue(now, queue_.due()) || ask_accounting(now);
  static_cast<void>(asked);
}

bool Dialogue::ask_config(TimePoint now) {
  if (now < config_due_) return false;
  config_due_ = later(now, timing_.limit_cap);
  channel_.start(Tool::scontrol, {"show", "config"});
  return true;
}

bool Dialogue::ask_cancel(TimePoint now) {
  if (now < cancel_not_before_) return false;
  asked_jobs_ = watch_.to_cancel();
  if (asked_jobs_.empty()) return false;
  channel_.start(Tool::scancel, asked_jobs_);
  return true;
}

bool Dialogue::ask_submit(TimePoint now) {
  auto arguments = placement_.next_call(now);
  if (!arguments) return false;
  channel_.start(Tool::sbatch, std::move(*arguments), job_environment_);
  return true;
}

bool Dialogue::ask_queue(TimePoint now, TimePoint due) {
  if (now < due || !has_work()) return false;
  queue_.begin(now);
  notes_.look_at = now;
  channel_.start(Tool::squeue, queue_arguments());
  return true;
}

bool Dialogue::ask_accounting(TimePoint now) {
  if (!accounting_ || now < accounting_not_before_ || !has_questions()) return false;
  std::vector<std::string> arguments{"-X", "-n", "-P", "-o", accounting_format};
  asked_tokens_ = placement_.questions();
  if (asked_tokens_.empty()) {
    asked_jobs_ = watch_.questions();
    arguments.insert(arguments.end(), {"-j", joined(whole_arrays(asked_jobs_))});
  } else {
    const std::string since = day_before(now, memory_of_accounting);
    arguments.insert(arguments.end(), {"-S", since, "--name", joined(asked_tokens_)});
  }
  channel_.start(Tool::sacct, std::move(arguments));
  return true;
}

TimePoint Dialogue::next_poll() const {
  if (!reports_.empty()) return TimePoint::min();
  TimePoint next = files_.due();
  if (!channel_.is_free()) return std::min(next, workplace_.commands->next_deadline());
  next = std::min({next, placement_.due(), queue_.due()});
  if (const TimePoint again = placement_.takes_jobs_at(); again > last_poll_) next = std::min(next, again);
  if (!watch_.to_cancel().empty()) next = std::min(next, cancel_not_before_);
  if (accounting_ && has_questions()) next = std::min(next, accounting_not_before_);
  return next;
}

std::vector<std::string> Dialogue::budget(TimePoint now) const {
  std::vector<std::string> lines{channel_.describe(now)};
  if (queue_.due() != never) {
    const auto wait = std::max(std::chrono::seconds(0), std::chrono::ceil<std::chrono::seconds>(queue_.due() - now));
    lines.push_back("next look at the queue in " + to_words(wait));
  }
  if (!accounting_) lines.emplace_back("no accounting here: the queue and exit records have to do");
  return lines;
}

bool Dialogue::busy() const {
  if (!channel_.is_free() || !reports_.empty()) return true;
  TimePoint next = placement_.due();
  if (placement_.has_doubts()) next = std::min(next, queue_.due());
  if (accounting_ && !placement_.questions().empty()) next = std::min(next, accounting_not_before_);
  if (!watch_.to_cancel().empty()) next = std::min(next, cancel_not_before_);
  return next <= later(workplace_.clock->now(), soon);
}

}  // namespace stune::slurm
