#include "runners/slurm_placement.hpp"

#include <algorithm>

#include "base/log.hpp"
#include "stune/error.hpp"
#include "trial/claim.hpp"
#include "trial/task.hpp"

namespace stune::slurm {
namespace {

/// As one would type it.
std::string call_text(const JobPlan& plan) {
  std::string text = "sbatch";
  for (const std::string& word : sbatch_arguments(plan, plan.submission_folder / "job.sh"))
    text.append(" ").append(quote_word(word));
  return text;
}

}  // namespace

Placement::Placement(const Workplace& workplace, const ExperimentFolder& folder, const UserOptions& options,
                     const Timing& timing, Pace pace, Watch& watch)
    : workplace_(workplace),
      folder_(folder),
      options_(options),
      timing_(timing),
      watch_(watch),
      pace_(pace),
      jitter_(workplace.folder.string()),
      retry_delay_(timing.retry),
      limit_delay_(timing.limit) {}

int Placement::jobs() const {
  std::size_t count = 0;
  for (const Entry& entry : entries_) count += entry.submission.jobs.size();
  return static_cast<int>(count);
}

bool Placement::contains(AttemptId id) const {
  return std::any_of(entries_.begin(), entries_.end(), [id](const Entry& entry) {
    const auto& jobs = entry.submission.jobs;
    return std::any_of(jobs.begin(), jobs.end(), [id](const Job& job) { return job.id == id; });
  });
}

bool Placement::has_ready() const {
  return std::any_of(entries_.begin(), entries_.end(), [](const Entry& e) { return e.stage == Stage::ready; });
}

bool Placement::has_doubts() const {
  return std::any_of(entries_.begin(), entries_.end(),
                     [](const Entry& e) { return e.stage == Stage::doubtful || e.stage == Stage::limited; });
}

TimePoint Placement::due() const { return has_ready() ? takes_jobs_at() : never; }

void Placement::add(Submission submission, bool adopting, TimePoint now) {
  std::erase_if(submission.jobs, [this](const Job& job) {
    return watch_.contains(job.id) || watch_.has_ended(job.id) || contains(job.id);
  });
  if (submission.jobs.empty()) return;
  Entry entry;
  entry.submission = std::move(submission);
  entry.adopting = adopting;
  if (adopting) {
    entry.stage = Stage::doubtful;
    if (take_from_claims(entry, now)) return;
  }
  entries_.push_back(std::move(entry));
}

void Placement::stop(AttemptId id) {
  stopped_.insert(id);
  for (Entry& entry : entries_) {
    if (entry.stage == Stage::ready || entry.stage == Stage::limited) drop_stopped(entry);
  }
  clean();
}

/// Never submitted, and fenced lest a stray job of an earlier call of sbatch starts it.
void Placement::drop_stopped(Entry& entry) {
  std::erase_if(entry.submission.jobs, [this](const Job& job) {
    if (!stopped_.contains(job.id)) return false;
    fence(folder_.attempt(job.id));
    report(job, JobState::absent, "");
    return true;
  });
  entry.over = entry.submission.jobs.empty();
}

void Placement::clean() {
  std::erase_if(entries_, [](const Entry& entry) { return entry.over; });
}

void Placement::read_sbatch(const CommandResult& result, TimePoint now) {
  const auto sent =
      std::find_if(entries_.begin(), entries_.end(), [](const Entry& e) { return e.stage == Stage::sent; });
  if (sent == entries_.end()) return;
  const SbatchAnswer answer = parse_sbatch(result);
  if (const auto* submitted = std::get_if<Submitted>(&answer)) {
    retry_delay_ = timing_.retry;
    limit_delay_ = timing_.limit;
    // A limit that was met an hour ago need not be one any more.
    const bool full = static_cast<int>(sent->submission.jobs.size()) >= batch_limit_;
    if (full && now >= later(last_limit_, timing_.limit_cap)) batch_limit_ = std::min(array_limit_, 2 * batch_limit_);
    place(*sent, sent->submission.jobs.size() > 1 ? submitted->job + "_" : submitted->job, now);
  } else if (const auto* ambiguous = std::get_if<Ambiguous>(&answer)) {
    doubt(*sent, ambiguous->why, now);
  } else {
    const auto& refusal = std::get<Refusal>(answer);
    sent->refusal = refusal.text;
    const bool no_arrays = sent->submission.jobs.size() > 1 && refusal.text.find("array") != std::string::npos;
    if (no_arrays) array_limit_ = std::max(1, static_cast<int>(sent->submission.jobs.size()) / 2);
    if (refusal.kind == Refusal::Kind::transient) {
      retry(*sent, refusal.text, now);
    } else if (no_arrays ||
               (refusal.kind == Refusal::Kind::capacity && (sent->submission.jobs.size() > 1 || !watch_.empty()))) {
      defer(*sent, now);
    } else if (refusal.kind == Refusal::Kind::capacity) {
      sent->stage = Stage::limited;
    } else {
      refuse(*sent, now);
    }
  }
  clean();
}

void Placement::place(Entry& entry, const std::string& job, TimePoint now) {
  const auto& jobs = entry.submission.jobs;
  const std::size_t bar = job.find('_');
  std::vector<AttemptId> order;
  // Who takes over an array may have been given other attempts of it, in another order, than were submitted.
  if (bar != std::string::npos && entry.adopting) order = order_of_tasks(entry.submission.token);
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    const auto found = std::find(order.begin(), order.end(), jobs[i].id);
    const std::size_t index = found != order.end() ? static_cast<std::size_t>(found - order.begin()) : i;
    const bool is_task = bar != std::string::npos;
    watch(entry, jobs[i], is_task ? job.substr(0, bar + 1) + std::to_string(index) : job, now);
    if (stopped_.erase(jobs[i].id) > 0) watch_.stop(jobs[i].id, now);
  }
  entry.over = true;
}

void Placement::watch(const Entry& entry, const Job& job, const std::string& name, TimePoint now) {
  const std::string number = entry.number >= 0 ? std::to_string(entry.number) : std::string();
  watch_.add(job.id, entry.submission.token, name, number, true, now);
}

void Placement::doubt(Entry& entry, const std::string& why, TimePoint now) {
  log::warn("sbatch left open whether it submitted " + entry.submission.token + " (" + why +
            "); looking for a job of that name");
  entry.stage = Stage::doubtful;
  entry.good_looks = 0;
  entry.next_look = now;
}

void Placement::retry(Entry& entry, const std::string& why, TimePoint now) {
  if (retry_delay_ == timing_.retry) log::warn("Slurm takes no jobs at the moment; trying again: " + why);
  entry.stage = Stage::ready;
  not_before_ = later(now, jitter_(retry_delay_));
  retry_delay_ = std::min(timing_.retry_cap, 2 * retry_delay_);
  drop_stopped(entry);
}

void Placement::defer(Entry& entry, TimePoint now) {
  batch_limit_ = std::max(1, static_cast<int>(entry.submission.jobs.size()) / 2);
  last_limit_ = now;
  const bool single = entry.submission.jobs.size() == 1;
  if (single) {
    not_before_ = later(now, jitter_(limit_delay_));
    limit_delay_ = std::min(timing_.limit_cap, 2 * limit_delay_);
  }
  drop_stopped(entry);
  for (const Job& job : entry.submission.jobs) report(job, JobState::deferred, entry.refusal);
  entry.over = true;
}

void Placement::refuse(Entry& entry, TimePoint now) {
  const Job& first = entry.submission.jobs.front();
  if (!first.avoid_hosts.empty() && !entry.any_node) {
    log::info("Slurm has no other nodes than those that failed lately (" + entry.refusal + "); they are tried again");
    entry.any_node = true;
    entry.stage = Stage::ready;
    return drop_stopped(entry);
  }
  if (first.more_time == 0 && first.more_memory == 0) {
    throw RunnerError("Slurm refused the job of trial " + to_string(first.id) + ":\n" + entry.refusal +
                      "\nIt was submitted with:\n  " + call_text(plan_of(entry, entry.number)) +
                      "\nCheck the #SBATCH lines of the script and the --sbatch options.");
  }
  const Cause cause = first.more_time > 0 ? Cause::timeout : Cause::out_of_memory;
  for (const Job& job : entry.submission.jobs) {
    fence(folder_.attempt(job.id));
    stopped_.erase(job.id);
    JobReport news{job.id, JobState::ended, Ending{}};
    news.ending->cause = cause;
    news.ending->ended = now;
    news.ending->detail = "Slurm does not grant more: " + entry.refusal;
    reports_.push_back(std::move(news));
  }
  entry.over = true;
}

bool Placement::read_queue(const QueueAnswer& answer, TimePoint now) {
  std::vector<std::pair<std::string, std::string>> named;
  bool own_jobs = false;
  for (const QueueRow& row : answer.rows) {
    named.emplace_back(row.name, row.job);
    own_jobs = own_jobs || phase_of(row.state) != Phase::over;
  }
  bool news = false;
  for (Entry& entry : entries_) {
    if (entry.stage == Stage::limited) {
      news = true;
      if (!own_jobs && answer.whole) {
        refuse(entry, now);
        continue;
      }
      defer(entry, now);
    }
    if (entry.stage != Stage::doubtful) continue;
    if (look_for(entry, named, now) || take_from_claims(entry, now)) {
      news = true;
    } else if (answer.whole && now >= entry.next_look) {
      ++entry.good_looks;
      entry.next_look = later(now, timing_.first_look);
    }
  }
  clean();
  return news;
}

/// `named_jobs`: pairs of name and job.
bool Placement::look_for(Entry& entry, const std::vector<std::pair<std::string, std::string>>& named_jobs,
                         TimePoint now) {
  const auto found = std::find_if(named_jobs.begin(), named_jobs.end(),
                                  [&](const auto& named) { return named.first == entry.submission.token; });
  if (found == named_jobs.end()) return false;
  log::info("found " + entry.submission.token + " as job " + found->second);
  place(entry, found->second, now);
  return true;
}

/// True where at least one attempt was claimed by a job: all of the submission are in it.
bool Placement::take_from_claims(Entry& entry, TimePoint now) {
  for (const Job& job : entry.submission.jobs) {
    const auto start = last_start(folder_.attempt(job.id));
    if (!start) continue;
    place(entry, job_in_claim(start->by.job), now);
    for (const Job& placed : entry.submission.jobs) {
      if (watch_.contains(placed.id)) watch_.examine(placed.id, now);
    }
    return true;
  }
  return false;
}

std::vector<std::string> Placement::questions() const {
  std::vector<std::string> tokens;
  for (const Entry& entry : entries_) {
    if (entry.stage == Stage::doubtful && entry.good_looks >= 2) tokens.push_back(entry.submission.token);
  }
  return tokens;
}

void Placement::read_accounting(const std::vector<AccountingRow>& rows, const std::vector<std::string>& asked,
                                TimePoint now) {
  std::vector<std::pair<std::string, std::string>> named;
  for (const AccountingRow& row : rows) named.emplace_back(row.name, row.job);
  for (Entry& entry : entries_) {
    const bool meant =
        entry.stage == Stage::doubtful && std::find(asked.begin(), asked.end(), entry.submission.token) != asked.end();
    if (meant && !look_for(entry, named, now)) fence_all(entry, now);
  }
  clean();
}

void Placement::fence_all(Entry& entry, TimePoint now) {
  for (const Job& job : entry.submission.jobs) {
    const auto outcome = fence(folder_.attempt(job.id));
    stopped_.erase(job.id);
    if (const auto* started = std::get_if<Started>(&outcome)) {
      watch(entry, job, job_in_claim(started->by.job), now);
      watch_.examine(job.id, now);
    } else {
      report(job, JobState::absent, "no job of its name was found, and it is fenced");
    }
  }
  entry.over = true;
}

void Placement::report(const Job& job, JobState state, const std::string& detail) {
  JobReport news{job.id, state, {}};
  news.detail = detail;
  if (stopped_.erase(job.id) > 0) {
    news.state = JobState::ended;
    news.ending = Ending{};
    news.ending->cause = Cause::stopped;
    news.ending->detail = "it had not been submitted";
  }
  reports_.push_back(std::move(news));
}

}  // namespace stune::slurm
