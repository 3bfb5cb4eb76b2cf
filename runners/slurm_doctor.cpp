#include "runners/slurm_doctor.hpp"

#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "base/clock.hpp"
#include "base/file.hpp"
#include "base/random.hpp"
#include "runners/slurm_interview.hpp"
#include "runners/slurm_options.hpp"
#include "runners/slurm_script.hpp"
#include "runners/slurm_timing.hpp"
#include "stune/error.hpp"

namespace stune::slurm {
namespace {

using Grade = Finding::Grade;

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

std::string why_not(const CommandResult& result) {
  if (result.timed_out) return "no answer within " + to_words(result.elapsed);
  return first_line(result.error.empty() ? "exit code " + std::to_string(result.exit_code) : result.error);
}

std::string within(Seconds elapsed) {
  return ", within " + std::to_string(std::chrono::ceil<std::chrono::milliseconds>(elapsed).count()) + " ms";
}

std::string user_name() {
  const passwd* user = ::getpwuid(::geteuid());
  return user != nullptr ? user->pw_name : std::to_string(::geteuid());
}

UserOptions options_of(const SlurmOptions& options, const Environment& environment) {
  return sort_options({}, typed_words(environment, options.sbatch_options));
}

Finding examine_version(Interview& slurm) {
  const CommandResult result = slurm.ask(Tool::sbatch, {"--version"});
  if (!is_good(result)) return {Grade::bad, "sbatch", why_not(result)};
  const std::string text = first_line(result.output);
  const std::size_t digit = text.find_first_of("0123456789");
  const int year = digit == std::string::npos ? 0 : std::atoi(text.c_str() + digit);
  if (year != 0 && year < 20) return {Grade::bad, "version", text + "; stune needs 20.02 or later"};
  return {Grade::good, "version", text};
}

Finding examine_queue(Interview& slurm) {
  const CommandResult result = slurm.ask(Tool::squeue, queue_arguments());
  if (!is_good(result)) return {Grade::bad, "squeue", why_not(result)};
  const QueueAnswer answer = parse_squeue(result.output);
  if (!answer.whole)
    return {Grade::warning, "squeue", "part of its answer cannot be read; is it a script of the site?"};
  const bool slow = result.elapsed > Seconds{2};
  return {slow ? Grade::warning : Grade::good, "squeue",
          std::to_string(answer.rows.size()) + " jobs and array tasks of yours" + within(result.elapsed) +
              (slow ? "; slow, so it will be asked less often" : "")};
}

Finding examine_accounting(Interview& slurm) {
  const CommandResult result = slurm.ask(Tool::sacct, {"-X", "-n", "-P", "-o", accounting_format, "-j", "1"});
  if (is_good(result)) return {Grade::good, "accounting", "sacct answers" + within(result.elapsed)};
  if (is_accounting_disabled(result)) {
    return {Grade::warning, "accounting",
            "there is none; queue and exit records have to do (who cancelled a job cannot be told then)"};
  }
  return {Grade::warning, "accounting", why_not(result) + "; trials run all the same, what needs it waits"};
}

std::vector<JobLimit> ask_limits(Interview& slurm, const std::string& kind, const std::string& first,
                                 const std::vector<std::string>& names, const std::vector<std::string>& which) {
  std::string format = "format=" + first;
  for (const std::string& name : names) format += "," + name;
  std::vector<std::string> arguments{"-n", "-P", "show", kind == "account" ? "associations" : kind};
  arguments.insert(arguments.end(), which.begin(), which.end());
  arguments.push_back(format);
  const CommandResult result = slurm.ask(Tool::sacctmgr, std::move(arguments));
  return is_good(result) ? parse_limits(result.output, kind, names) : std::vector<JobLimit>();
}

/// How many jobs Slurm takes. What does not fit waits here and is no error; a limit of 1 is worth knowing all the same.
Finding examine_limits(Interview& slurm) {
  const std::string name = user_name();
  std::vector<JobLimit> limits =
      ask_limits(slurm, "account", "Account", {"MaxSubmitJobs", "MaxJobs", "GrpSubmitJobs"}, {"where", "user=" + name});
  for (JobLimit& limit : ask_limits(slurm, "qos", "Name", {"MaxSubmitJobsPerUser", "MaxJobsPerUser"}, {})) {
    limits.push_back(std::move(limit));
  }
  if (limits.empty()) return {Grade::good, "limits", "none on how many jobs you may have, as far as Slurm tells"};
  std::string text;
  for (const JobLimit& limit : limits) {
    text += (text.empty() ? "" : "; ") + limit.of + ": " + limit.name + " " + std::to_string(limit.jobs);
  }
  return {Grade::good, "limits", text + "; what does not fit into the queue waits here"};
}

/// What the job of test_script() left in `folder`, if it does until then.
std::optional<std::string> wait_for_answer(Clock& clock, const std::filesystem::path& folder, TimePoint until) {
  while (clock.now() < until) {
    clock.wait({}, later(clock.now(), Seconds{0.5}));
    // Not by asking for the file: a shared file system may remember for a minute that it was not there.
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      if (entry.path().filename() != "answer") continue;
      if (auto told = read_file(entry.path())) return told;
    }
  }
  return {};
}

std::string test_script(const std::filesystem::path& folder) {
  const std::string place = shell_quoted(folder.string());
  return "#!/bin/sh\ncd " + place + " && read -r word < question && [ \"$word\" = hello ] || exit 1\n" +
         "uname -n > answer.tmp && mv answer.tmp answer\n";
}

}  // namespace

std::vector<Finding> polling_plan(const Config& config, const SlurmOptions& options) {
  const Timing timing(options);
  const Seconds min_job_age{config.min_job_age};
  const Seconds cap =
      std::max(timing.look, std::min(timing.look_cap, min_job_age > Seconds{0} ? min_job_age : timing.look_cap));
  std::vector<Finding> plan;
  plan.push_back({Grade::good, "polling",
                  "one squeue for all jobs, " + to_words(timing.look) + " after a change and at most every " +
                      to_words(cap) + "; finished trials are seen in files within seconds"});
  plan.push_back({Grade::good, "submitting",
                  options.submit_rate > 0
                      ? "at most " + std::to_string(options.submit_burst) + " calls of sbatch at once and " +
                            to_words(Seconds{1.0 / options.submit_rate}) + " for each one more"
                      : "as fast as Slurm takes it (--submit-rate 0)"});
  if (is_trial_run(timing.look)) {
    plan.push_back({Grade::warning, "--poll",
                    "few sites like to be asked every " + to_words(timing.look) +
                        ", and what is late for seconds counts as lost; 10s or more is for real clusters"});
  }
  if (min_job_age > Seconds{0} && min_job_age < timing.look) {
    plan.push_back({Grade::warning, "MinJobAge",
                    "finished jobs leave the queue after " + to_words(min_job_age) +
                        ": exit records and accounting tell how they ended"});
  }
  if (config.max_array_size < 2) {
    plan.push_back({Grade::warning, "arrays", "are not allowed here: each trial is a call of sbatch"});
  }
  return plan;
}

std::vector<Finding> examine_slurm(Commands& commands, Clock& clock, const Environment& environment,
                                   const SlurmOptions& options) {
  std::vector<Finding> findings;
  try {
    const UserOptions user = options_of(options, environment);
    Interview slurm(commands, clock, environment, user.cluster);
    findings.push_back({Grade::good, "commands", "scontrol, sbatch, squeue, sacct and scancel are in PATH"});
    findings.push_back(examine_version(slurm));
    for (const std::string& note : user.notes) findings.push_back({Grade::warning, "options", note});
    const CommandResult told = slurm.ask(Tool::scontrol, {"show", "config"});
    const Config config = parse_config(told.output);
    if (is_good(told)) {
      findings.push_back({Grade::good, "controller",
                          "cluster " + config.cluster + ", Slurm " + config.version + within(told.elapsed) +
                              "; MinJobAge " + to_words(Seconds{config.min_job_age}) + ", MaxArraySize " +
                              std::to_string(config.max_array_size) + ", MessageTimeout " +
                              to_words(Seconds{config.message_timeout})});
    } else {
      findings.push_back({Grade::bad, "controller", why_not(told)});
    }
    findings.push_back(examine_queue(slurm));
    findings.push_back(examine_accounting(slurm));
    if (findings.back().grade == Grade::good) findings.push_back(examine_limits(slurm));
    for (Finding& finding : polling_plan(config, options)) findings.push_back(std::move(finding));
  } catch (const Error& error) {
    findings.push_back({Grade::bad, "commands", error.what()});
  }
  return findings;
}

std::vector<Finding> try_a_job(Commands& commands, Clock& clock, const Environment& environment,
                               const SlurmOptions& options, const std::filesystem::path& folder, Seconds patience) {
  const UserOptions user = options_of(options, environment);
  Interview slurm(commands, clock, environment, user.cluster);
  const std::string token = "stune-doctor-" + random_name(6);
  const std::filesystem::path place = folder / token;
  create_folders(place);
  replace_file(place / "job.sh", test_script(place), 0700);
  replace_file(place / "question", "hello\n");
  JobPlan plan;
  plan.token = token;
  plan.experiment = "doctor";
  plan.submission_folder = plan.working_directory = place;
  plan.attempts = {place};
  plan.command_line_options = user.from_command_line;
  plan.exclude = user.exclude;
  plan.has_export = user.has_export;
  plan.has_comment = user.has_comment;
  const TimePoint begun = clock.now();
  const CommandResult result =
      slurm.ask(Tool::sbatch, sbatch_arguments(plan, place / "job.sh"), job_environment(environment, environment));
  const SbatchAnswer answer = parse_sbatch(result);
  std::vector<Finding> findings;
  if (std::holds_alternative<Refusal>(answer)) {
    findings.push_back({Grade::bad, "test job", "not submitted: " + why_not(result)});
  } else {
    const auto* submitted = std::get_if<Submitted>(&answer);
    const std::string job = submitted != nullptr ? "job " + submitted->job : "a job named " + token;
    if (submitted == nullptr) {
      const std::string& why = std::get<Ambiguous>(answer).why;
      findings.push_back({Grade::warning, "test job", "sbatch left open whether it submitted " + job + ": " + why});
    }
    const auto told = wait_for_answer(clock, place, later(begun, patience));
    const std::string waited = to_words(std::chrono::ceil<std::chrono::seconds>(clock.now() - begun));
    if (told) {
      findings.push_back({Grade::good, "test job",
                          job + " ran on " + first_line(*told) + " and sees this folder; all took " + waited});
    } else {
      const auto log = submitted ? last_lines(job_log(place, submitted->job), 3) : std::string();
      findings.push_back({Grade::bad, "test job",
                          job + " left nothing here within " + waited +
                              "; does its node see this folder, and did it start at all? " + log});
      // By its name: so it goes whether or not we were told its number.
      slurm.ask(Tool::scancel, {"--user=" + user_name(), "--name=" + token});
    }
  }
  std::error_code ignored;
  std::filesystem::remove_all(place, ignored);
  return findings;
}

}  // namespace stune::slurm
