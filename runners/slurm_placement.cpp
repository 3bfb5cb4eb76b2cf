#include "runners/slurm_placement.hpp"

#include <algorithm>

#include "base/log.hpp"
#include "stune/error.hpp"
#include "trial/claim.hpp"

namespace stune::slurm {
namespace {

constexpr int good_looks_wanted = 2;
constexpr int silences_to_believe = 5;

/// A coordinator that runs as a job is no trial that fills the queue.
bool is_coordinator(const QueueRow& row, const Workplace& workplace) {
  return row.name == workplace.experiment_name + "-coordinator";
}

}  // namespace

Placement::Placement(const Workplace& workplace, const ExperimentFolder& folder, const UserOptions& options,
                     const Timing& timing, Pace pace, Claims& claims, Watch& watch)
    : workplace_(workplace),
      folder_(folder),
      options_(options),
      timing_(timing),
      claims_(claims),
      watch_(watch),
      pace_(pace),
      jitter_(workplace.folder.string()),
      retries_(timing.retry, timing.retry_cap) {}

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

bool Placement::has_doubts() const {
  return std::any_of(entries_.begin(), entries_.end(),
                     [](const Entry& e) { return e.stage == Stage::doubtful || e.stage == Stage::limited; });
}

TimePoint Placement::due() const {
  const bool has_ready =
      std::any_of(entries_.begin(), entries_.end(), [](const Entry& e) { return e.stage == Stage::ready; });
  return has_ready ? takes_jobs_at() : never;
}

void Placement::remember(SubmitNotes notes, TimePoint now) {
  if (notes.pace_full) pace_.resume(*notes.pace_full, now);
  limit_ = notes.limit;
  if (limit_) limit_->wait = std::min(limit_->wait, timing_.limit_cap);
  limits_in_empty_queue_ = notes.limits_in_empty_queue;
  limited_since_ = notes.limited_since;
  silences_ = notes.silences;
  kinds_ = std::move(notes.kinds);
  searches_ = std::move(notes.searches);
}

SubmitNotes Placement::notes() const {
  SubmitNotes notes;
  if (pace_.full() != TimePoint::min()) notes.pace_full = pace_.full();
  notes.limit = limit_;
  notes.limits_in_empty_queue = limits_in_empty_queue_;
  notes.limited_since = limited_since_;
  notes.silences = silences_;
  notes.kinds = kinds_;
  for (const Entry& entry : entries_) {
    if (entry.search.good_looks > 0) notes.searches[entry.submission.token] = entry.search;
  }
  return notes;
}

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
    entry.round = silences_;
    const auto known = searches_.find(entry.submission.token);
    if (known != searches_.end()) entry.search = known->second;
    find_folder(entry);
    if (take_from_claims(entry, now)) return;
  }
  entries_.push_back(std::move(entry));
}

void Placement::stop(AttemptId id, TimePoint now) {
  stopped_.insert(id);
  for (Entry& entry : entries_) {
    if (entry.stage == Stage::ready || entry.stage == Stage::limited) drop_stopped(entry, now);
  }
  clean();
}

/// Never submitted, and fenced lest a stray job of an earlier call of sbatch starts it.
void Placement::drop_stopped(Entry& entry, TimePoint now) {
  std::erase_if(entry.submission.jobs, [&](const Job& job) {
    return stopped_.contains(job.id) && settle(entry, {job.id, JobState::absent}, now);
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
    const int size = static_cast<int>(sent->submission.jobs.size());
    // A limit that was met an hour ago need not be one any more.
    const bool grows = limit_ && size >= limit_->batch && now >= later(limit_->met, timing_.limit_cap);
    if (grows) limit_->batch = std::min(array_limit_, 2 * limit_->batch);
    place(*sent, sent->tasks.size() > 1 ? submitted->job + "_" : submitted->job, now);
  } else if (const auto* ambiguous = std::get_if<Ambiguous>(&answer)) {
    doubt(*sent, ambiguous->why, now);
  } else {
    read_refusal(*sent, std::get<Refusal>(answer), now);
  }
  clean();
}

bool Placement::place(Entry& entry, const std::string& job, TimePoint now) {
  const auto& jobs = entry.submission.jobs;
  const std::size_t bar = job.find('_');
  const bool is_task = bar != std::string::npos;
  if (!is_task && std::max(jobs.size(), entry.tasks.size()) > 1) return false;
  learn(entry);
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    // Some of an array's attempts may have been settled before the others.
    const auto found = std::find(entry.tasks.begin(), entry.tasks.end(), jobs[i].id);
    const auto index = found != entry.tasks.end() ? static_cast<std::size_t>(found - entry.tasks.begin()) : i;
    watch(entry, jobs[i].id, is_task ? job.substr(0, bar + 1) + std::to_string(index) : job, now);
    if (stopped_.erase(jobs[i].id) > 0) watch_.stop(jobs[i].id, now);
  }
  entry.over = true;
  return true;
}

void Placement::watch(const Entry& entry, AttemptId id, const std::string& name, TimePoint now) {
  const std::string number = entry.number >= 0 ? std::to_string(entry.number) : std::string();
  watch_.add(id, entry.submission.token, name, number, true, now);
}

void Placement::doubt(Entry& entry, const std::string& why, TimePoint now) {
  log::warn("sbatch left open whether it submitted " + entry.submission.token + " (" + why +
            "); looking for a job of that name");
  entry.stage = Stage::doubtful;
  entry.refusal = why;
  entry.search = {0, now};
}

bool Placement::read_queue(const QueueAnswer& answer, TimePoint now) {
  std::vector<std::pair<std::string, std::string>> named;
  bool own_jobs = false;
  for (const QueueRow& row : answer.rows) {
    named.emplace_back(row.name, row.job);
    own_jobs = own_jobs || (phase_of(row.state) != Phase::over && !is_coordinator(row, workplace_));
  }
  bool news = false;
  for (Entry& entry : entries_) {
    if (entry.stage == Stage::limited) {
      news = true;
      limits_in_empty_queue_ = own_jobs || !answer.whole ? 0 : limits_in_empty_queue_ + 1;
      if (own_jobs) limited_since_.reset();
      if (limits_in_empty_queue_ >= good_looks_wanted) give_up(entry);
      hold_back(now);
      defer(entry, now);
    }
    if (entry.stage != Stage::doubtful) continue;
    if (look_for(entry, named, now) || take_from_claims(entry, now)) {
      news = true;
    } else if (answer.whole && ++entry.search.good_looks == good_looks_wanted) {
      entry.search.since = now;
    }
  }
  clean();
  return news;
}

/// `named_jobs`: pairs of name and job.
bool Placement::look_for(Entry& entry, const std::vector<std::pair<std::string, std::string>>& named_jobs,
                         TimePoint now) {
  for (const auto& [name, job] : named_jobs) {
    if (name != entry.submission.token || !place(entry, job, now)) continue;
    log::info("found " + entry.submission.token + " as job " + job);
    return true;
  }
  return false;
}

/// True where at least one attempt was claimed by a job: all of the submission are in it.
bool Placement::take_from_claims(Entry& entry, TimePoint now) {
  for (const Job& job : entry.submission.jobs) {
    try {
      const auto start = claims_.last_start(job.id, now);
      if (!start || start->by.job.empty() || !place(entry, job_in_claim(start->by.job), now)) continue;
    } catch (const StorageError&) {
      continue;  // the next look comes; until then it is as doubtful as before
    }
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
    if (entry.stage == Stage::doubtful && entry.search.good_looks >= good_looks_wanted)
      tokens.push_back(entry.submission.token);
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

void Placement::give_up_accounting(Seconds waited, TimePoint now) {
  std::vector<std::string> tokens = questions();
  std::erase_if(tokens, [&](const std::string& token) {
    return std::any_of(entries_.begin(), entries_.end(), [&](const Entry& entry) {
      return entry.submission.token == token && now - entry.search.since < waited;
    });
  });
  read_accounting({}, tokens, now);
}

void Placement::fence_all(Entry& entry, TimePoint now) {
  std::erase_if(entry.submission.jobs, [&](const Job& job) {
    JobReport absent{job.id, JobState::absent};
    absent.detail = "no job of its name was found, and it is fenced";
    absent.metadata = Metadata{{reason_key, entry.refusal.empty() ? absent.detail : reason_in(entry.refusal)}};
    return settle(entry, std::move(absent), now);
  });
  entry.over = entry.submission.jobs.empty();
  if (!entry.over) return;
  if (entry.found) return;
  // Those that were submitted at the same time say the same.
  if (entry.number < 0 || entry.round != silences_) return;
  if (++silences_ < silences_to_believe) return;
  throw RunnerError("Slurm has taken none of the last submissions: no jobs of their names were found, " +
                    std::to_string(silences_) + " times in a row, the last one for " + entry.submission.token + ".\n" +
                    (entry.refusal.empty() ? "" : "sbatch said: " + entry.refusal + "\n") + "Try it by hand: sbatch " +
                    (folder_.submission(entry.number) / "job.sh").string() +
                    "\nDoes a wrapper of sbatch fail silently, or does this site rename jobs?");
}

bool Placement::settle(Entry& entry, JobReport fenced, TimePoint now) {
  const AttemptId id = fenced.id;
  try {
    const auto outcome = claims_.fence(id, {}, now);
    const auto* started = std::get_if<Started>(&outcome);
    if (started == nullptr) {
      report(std::move(fenced));
      return true;
    }
    if (!started->by.job.empty()) {
      if (!std::exchange(entry.found, true)) learn(entry);
      watch(entry, id, job_in_claim(started->by.job), now);
      if (stopped_.erase(id) > 0) {
        watch_.stop(id, now);
      } else {
        watch_.examine(id, now);
      }
      return true;
    }
    // Nobody knows the job that claimed it, and no job of its name was found.
    if (!std::holds_alternative<Fenced>(claims_.fence(id, started->start, now))) return false;
    JobReport lost{id, JobState::ended, Ending{}};
    lost.ending->cause = Cause::lost;
    lost.ending->detail = "its claim cannot be read, and no job of its name was found";
    report(std::move(lost));
    return true;
  } catch (const StorageError& error) {
    if (!std::exchange(entry.has_trouble_with_files, true)) {
      log::warn("trial " + to_string(id) + " is looked at again later: " + error.what());
    }
    not_before_ = std::max(not_before_, later(now, timing_.retry));
    return false;
  }
}

void Placement::report(JobReport news) {
  if (stopped_.erase(news.id) > 0) {
    news.state = JobState::ended;
    news.ending = Ending{};
    news.ending->cause = Cause::stopped;
    news.ending->detail = "it had not been submitted";
    news.metadata.reset();
  }
  reports_.push_back(std::move(news));
}

}  // namespace stune::slurm
