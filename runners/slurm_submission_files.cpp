// What a submission leaves in the experiment's folder before sbatch is called.
#include <algorithm>
#include <charconv>
#include <filesystem>

#include "base/file.hpp"
#include "runners/slurm_placement.hpp"
#include "trial/task.hpp"

namespace stune::slurm {

std::vector<std::string> Placement::fill(const std::vector<std::string>& words, const Job& job) const {
  std::vector<std::string> filled;
  for (const std::string& word : words) filled.push_back(fill_placeholders(word, job.id, job.parameters));
  return filled;
}

/// Numbers go on after a restart.
int Placement::next_folder_number() {
  if (last_number_ < 0) {
    last_number_ = 0;
    std::error_code ignored;
    for (const auto& entry : std::filesystem::directory_iterator(folder_.submission(0).parent_path(), ignored)) {
      const std::string name = entry.path().filename().string();
      int number = 0;
      std::from_chars(name.data(), name.data() + name.size(), number);
      last_number_ = std::max(last_number_, number + 1);
    }
    return last_number_;
  }
  return ++last_number_;
}

JobPlan Placement::plan_of(const Submission& submission, int number) const {
  const Job& first = submission.jobs.front();
  JobPlan plan;
  plan.token = submission.token;
  plan.experiment = workplace_.experiment_name;
  plan.submission_folder = folder_.submission(number);
  plan.node_program = folder_.node_program();
  plan.working_directory = workplace_.folder;
  plan.script_options = fill(options_.from_script, first);
  plan.command_line_options = fill(options_.from_command_line, first);
  plan.has_export = options_.has_export;
  plan.has_comment = options_.has_comment;
  plan.requeue = options_.requeue;
  for (const Job& job : submission.jobs) plan.attempts.push_back(folder_.attempt(job.id).path());
  return plan;
}

std::optional<std::vector<std::string>> Placement::next_call(TimePoint now) {
  const auto ready =
      std::find_if(entries_.begin(), entries_.end(), [](const Entry& entry) { return entry.stage == Stage::ready; });
  if (ready == entries_.end() || now < not_before_) return {};
  for (const Job& job : ready->submission.jobs) {
    Task task = make_task(workplace_, ready->submission.token, job, true);
    if (options_.chdir && !workplace_.working_directory.empty()) {
      task.working_directory = workplace_.working_directory / fill({*options_.chdir}, job).front();
    }
    write_task(workplace_, task, job.parameters);
  }
  const JobPlan plan = plan_of(ready->submission, next_folder_number());
  create_folders(plan.submission_folder);
  const std::filesystem::path script = plan.submission_folder / "job.sh";
  replace_file(script, make_script(plan), 0700);
  ready->stage = Stage::sent;
  return sbatch_arguments(plan, script);
}

}  // namespace stune::slurm
