// What a submission leaves in the experiment's folder before sbatch is called.
#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <sstream>

#include "base/file.hpp"
#include "runners/slurm_escalation.hpp"
#include "runners/slurm_placement.hpp"
#include "stune/error.hpp"
#include "trial/task.hpp"

namespace stune::slurm {
namespace {

constexpr int folders_looked_at = 100;  // a coordinator died with the latest ones

std::string read_if_possible(const std::filesystem::path& file) {
  try {
    return read_file(file).value_or("");
  } catch (const StorageError&) {
    return {};
  }
}

std::filesystem::path order_file(const std::filesystem::path& submission_folder) { return submission_folder / "tasks"; }

/// The token, then the markers of the attempts in the order of the array's tasks.
std::string order_text(const Submission& submission, const ExperimentFolder& folder) {
  std::string text = submission.token + "\n";
  for (const Job& job : submission.jobs) text += folder.done_marker(job.id).filename().string() + "\n";
  return text;
}

}  // namespace

std::string options_text(const UserOptions& options, const Job& job) {
  std::string text;
  for (const auto* words : {&options.from_script, &options.from_command_line}) {
    for (const std::string& word : *words) text += fill_placeholders(word, job.id, job.parameters) + '\n';
  }
  for (const std::string& word : {options.chdir.value_or(""), options.exclude}) {
    text += fill_placeholders(word, job.id, job.parameters) + '\n';
  }
  return text;
}

void Placement::find_folder(Entry& entry) {
  if (!folders_) {
    folders_.emplace();
    const int next = next_folder_number();
    for (int number = std::max(0, next - folders_looked_at); number < next; ++number) {
      std::istringstream lines(read_if_possible(order_file(folder_.submission(number))));
      std::string line;
      if (!std::getline(lines, line)) continue;
      Folder& folder = (*folders_)[line] = Folder{number, {}};
      while (std::getline(lines, line)) {
        if (const auto id = parse_marker(line)) folder.tasks.push_back(*id);
      }
    }
  }
  const auto found = folders_->find(entry.submission.token);
  if (found == folders_->end()) return;
  entry.number = found->second.number;
  entry.tasks = found->second.tasks;
}

std::vector<std::string> Placement::fill(const std::vector<std::string>& words, const Job& job) const {
  std::vector<std::string> filled;
  for (const std::string& word : words) filled.push_back(fill_placeholders(word, job.id, job.parameters));
  return filled;
}

/// Numbers go on after a restart.
int Placement::next_folder_number() {
  if (last_number_ < 0) {
    std::error_code ignored;
    for (const auto& entry : std::filesystem::directory_iterator(folder_.submission(0).parent_path(), ignored)) {
      const std::string name = entry.path().filename().string();
      int number = -1;
      std::from_chars(name.data(), name.data() + name.size(), number);
      last_number_ = std::max(last_number_, number);
    }
  }
  return last_number_ + 1;
}

JobPlan Placement::plan_of(const Entry& entry, int number) const {
  const Submission& submission = entry.submission;
  const Job& first = submission.jobs.front();
  const double time = std::pow(workplace_.time_factor, first.more_time);
  const double memory = std::pow(workplace_.memory_factor, first.more_memory);
  JobPlan plan;
  plan.token = submission.token;
  plan.experiment = workplace_.experiment_name;
  plan.submission_folder = folder_.submission(number);
  plan.node_program = folder_.node_program();
  plan.working_directory = workplace_.folder;
  plan.script_options = with_more(fill(options_.from_script, first), time, memory);
  plan.command_line_options = with_more(fill(options_.from_command_line, first), time, memory);
  plan.exclude = fill({options_.exclude}, first).front();
  for (const std::string& host : entry.any_node ? std::vector<std::string>{} : first.avoid_hosts) {
    plan.exclude += (plan.exclude.empty() ? "" : ",") + host;
  }
  plan.has_export = options_.has_export;
  plan.has_comment = options_.has_comment;
  plan.requeue = options_.requeue;
  for (const Job& job : submission.jobs) plan.attempts.push_back(folder_.attempt(job.id).path());
  return plan;
}

std::optional<std::vector<std::string>> Placement::next_call(TimePoint now) {
  if (now < takes_jobs_at()) return {};
  const auto ready =
      std::find_if(entries_.begin(), entries_.end(), [](const Entry& entry) { return entry.stage == Stage::ready; });
  if (ready == entries_.end()) return {};
  drop_stopped(*ready, now);
  if (ready->over || now < not_before_) {
    clean();
    return next_call(now);
  }
  pace_.spend(now);
  for (const Job& job : ready->submission.jobs) {
    Task task = make_task(workplace_, ready->submission.token, job, true);
    if (options_.chdir && !workplace_.working_directory.empty()) {
      task.working_directory = workplace_.working_directory / fill({*options_.chdir}, job).front();
    }
    write_task(folder_.attempt(job.id), task);
  }
  ready->number = last_number_ = next_folder_number();
  const JobPlan plan = plan_of(*ready, ready->number);
  create_folders(plan.submission_folder);
  const std::filesystem::path script = plan.submission_folder / "job.sh";
  replace_file(script, make_script(plan), 0700);
  replace_file(order_file(plan.submission_folder), order_text(ready->submission, folder_));
  ready->tasks.clear();
  for (const Job& job : ready->submission.jobs) ready->tasks.push_back(job.id);
  ready->round = silences_;
  ready->stage = Stage::sent;
  return sbatch_arguments(plan, script);
}

}  // namespace stune::slurm
