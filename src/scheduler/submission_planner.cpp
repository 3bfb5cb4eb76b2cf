#include "scheduler/submission_planner.hpp"

#include <algorithm>
#include <cctype>
#include <map>

#include "scheduler/failure_policy.hpp"

namespace stune {
namespace {

constexpr std::size_t longest_name_in_token = 24;

/// Job names are shown by queue tools and parsed by people's scripts: plain characters, the user's name first.
std::string token(const Definition& definition, Sequence sequence) {
  std::string name;
  for (const char c : definition.name.substr(0, longest_name_in_token)) {
    name += std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '-' || c == '.' ? c : '_';
  }
  return name + "-" + definition.id + "-" + std::to_string(sequence);
}

int next_attempt(const Trial& trial) {
  const int count = static_cast<int>(trial.attempts.size());
  return count > 0 && trial.attempts.back().state == JobState::deferred ? count - 1 : count;
}

/// Jobs in groups that may share a submission, in order.
std::vector<std::vector<Job>> batches(std::vector<Job> jobs, const Runner& runner) {
  const std::size_t largest = static_cast<std::size_t>(std::max(1, runner.max_batch()));
  std::vector<std::vector<Job>> done;
  std::map<std::string, std::size_t> open;
  for (Job& job : jobs) {
    const std::string key = runner.batch_key(job);
    const auto it = open.find(key);
    if (it == open.end() || done[it->second].size() >= largest) {
      open[key] = done.size();
      done.emplace_back();
    }
    done[open[key]].push_back(std::move(job));
  }
  return done;
}

}  // namespace

void append_trial(std::vector<EventBody>& events, const Experiment& experiment, const Candidate& candidate, int index,
                  bool manual) {
  const auto holds_fit = [&](const EventBody& body) {
    const auto* fitted = std::get_if<ModelFitted>(&body);
    return fitted && fitted->made_from == candidate.fit->made_from;
  };
  const bool journaled = candidate.fit && experiment.last_fitted_to() == candidate.fit->made_from;
  if (candidate.fit && !journaled && std::ranges::none_of(events, holds_fit)) events.push_back(*candidate.fit);
  events.push_back(TrialCreated{index, candidate.parameters, candidate.generator, candidate.made_from, manual});
}

Plan plan_submissions(const Experiment& experiment, std::vector<Candidate> candidates, int slots, const Runner& runner,
                      Sequence first, const std::vector<std::string>& avoid_hosts) {
  Plan plan;
  std::vector<Job> jobs;
  for (const int index : experiment.waiting()) {
    if (static_cast<int>(jobs.size()) >= slots) break;
    const Trial& trial = experiment.trial(index);
    Job job{{index, next_attempt(trial)}, trial.parameters};
    job.more_time = grants(trial, Cause::timeout);
    job.more_memory = grants(trial, Cause::out_of_memory);
    jobs.push_back(std::move(job));
  }
  int next = static_cast<int>(experiment.trials().size());
  for (Candidate& candidate : candidates) {
    if (static_cast<int>(jobs.size()) >= slots) break;
    append_trial(plan.events, experiment, candidate, next, false);
    jobs.push_back({{next++, 0}, std::move(candidate.parameters)});
  }
  for (Job& job : jobs) job.avoid_hosts = avoid_hosts;
  for (const Job& job : jobs) plan.trials.push_back(job.id.trial);
  for (std::vector<Job>& batch : batches(std::move(jobs), runner)) {
    SubmissionIntended intended{token(experiment.definition(), first + plan.events.size()), {}};
    for (const Job& job : batch) intended.attempts.push_back(job.id);
    plan.submissions.push_back({intended.token, std::move(batch)});
    plan.events.push_back(std::move(intended));
  }
  return plan;
}

std::vector<Submission> live_submissions(const Experiment& experiment) {
  std::map<std::string, Submission> by_token;
  for (const int index : experiment.live()) {
    const Trial& trial = experiment.trial(index);
    const Attempt& attempt = trial.attempts.back();
    Submission& submission = by_token[attempt.token];
    submission.token = attempt.token;
    Job job{{index, static_cast<int>(trial.attempts.size()) - 1}, trial.parameters};
    // Metadata is what the runner said; where it has said nothing yet, nothing is not the same as an empty list.
    if (attempt.state != JobState::unknown) job.metadata = attempt.metadata;
    submission.jobs.push_back(std::move(job));
  }
  std::vector<Submission> submissions;
  for (auto& [token, submission] : by_token) submissions.push_back(std::move(submission));
  return submissions;
}

}  // namespace stune
