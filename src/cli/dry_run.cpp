#include "cli/dry_run.hpp"

#include "base/clock.hpp"
#include "cli/describe.hpp"
#include "cli/preflight.hpp"
#include "cli/quantities.hpp"
#include "cli/words.hpp"
#include "runners/slurm_script.hpp"
#include "stune/slurm_runner.hpp"
#include "trial/folder.hpp"

namespace stune::cli {

namespace {

Workplace workplace_of(const std::filesystem::path& folder, const NewExperiment& wanted) {
  Workplace workplace;
  workplace.folder = folder;
  workplace.working_directory = wanted.definition.working_directory;
  workplace.experiment_id = wanted.definition.id;
  workplace.experiment_name = wanted.definition.name;
  workplace.command = wanted.definition.command;
  if (!workplace.command.script.empty()) workplace.command.script = folder / "script.sh";
  workplace.environment = wanted.environment;
  workplace.trial_time_limit = wanted.options.trial_time_limit;
  return workplace;
}

std::string slurm_text(const std::filesystem::path& folder, const NewExperiment& wanted) {
  const ExperimentFolder files(folder);
  const Job job = first_job(wanted.definition);
  const slurm::UserOptions user = slurm_options(wanted);
  slurm::JobPlan plan;
  plan.token = "TOKEN";
  plan.experiment = wanted.definition.name;
  plan.submission_folder = files.submission(0);
  plan.node_program = files.node_program();
  plan.working_directory = folder;
  plan.attempts = {files.attempt(job.id).path()};
  plan.script_options = filled(user.from_script, job);
  plan.command_line_options = filled(user.from_command_line, job);
  plan.has_export = user.has_export;
  plan.has_comment = user.has_comment;
  plan.requeue = user.requeue;
  const auto script = plan.submission_folder / "job.sh";
  std::vector<std::string> call = slurm::sbatch_arguments(plan, script);
  call.insert(call.begin(), "sbatch");
  std::string text = "It would be submitted with (TOKEN is a unique name):\n  " + command_line(call) + "\n";
  for (const std::string& note : user.notes) text += "  note: " + note + "\n";
  return text + "\nThe job script, " + script.string() + ":\n" + slurm::make_script(plan);
}

std::string place_of(const std::string& runner) {
  if (runner == "slurm") return "as Slurm jobs";
  return runner == "mpi" ? "on the worker ranks of MPI" : "as processes of this machine";
}

std::string polling_text(const RunOptions& options) {
  if (options.runner == "mpi") return "Nothing is polled: worker ranks report the end of their trials themselves.\n";
  if (options.runner != "slurm") {
    return "Nothing is polled: processes of this machine report their end themselves.\n";
  }
  const SlurmOptions defaults;
  const Seconds start = options.poll_start > Seconds{0} ? options.poll_start : defaults.poll_start;
  const Seconds cap = std::max(start, options.poll_cap > Seconds{0} ? options.poll_cap : defaults.poll_cap);
  return "Finished trials are seen in files within seconds. The queue is looked at with one squeue for all jobs, "
         "after " +
         to_words(start) + ", then " + number(options.poll_growth) +
         " times as long after each quiet look, at most every " + to_words(cap) + ".\n";
}

std::string task_text(const Workplace& workplace, const Definition& definition) {
  const Task task = first_task(workplace, definition);
  std::string text = "Trial 0 runs\n  " + command_line(task.arguments) + "\nin the folder\n  " +
                     task.working_directory.string() + "\nwith these variables added to the environment:\n";
  for (const auto& [name, value] : task.environment) text += "  " + name + "=" + shell_quoted(value) + "\n";
  return text +
         "  STUNE_METRICS=" + shell_quoted(ExperimentFolder(workplace.folder).attempt({0, 0}).metrics(0).string()) +
         "\n";
}

}  // namespace

std::string dry_run(const std::filesystem::path& folder, const NewExperiment& wanted, const Experiment* begun) {
  const RunOptions& options = wanted.options;
  const bool is_slurm = options.runner == "slurm";
  std::string text =
      "Experiment " + wanted.definition.name + " in " + folder.string() + " (nothing is created or submitted now)\n";
  if (begun != nullptr) {
    text += "It has begun: " + counted(static_cast<int>(begun->trials().size()), "trial") + " so far, " +
            std::to_string(begun->count(TrialStatus::completed)) + " of them completed; this is how it would go on\n";
  }
  for (const Parameter& parameter : wanted.definition.space.parameters()) {
    text += "  " + parameter.name + " = " + describe(parameter) + "\n";
  }
  text += "  " + objective_text(wanted.definition) + "; " + counted(options.trials, "trial") + ", at most " +
          std::to_string(options.parallel) + " at a time, " + place_of(options.runner) + "\n\n";
  if (is_slurm) text += slurm_text(folder, wanted) + "\n";
  return text + task_text(workplace_of(folder, wanted), wanted.definition) + "\n" + polling_text(options);
}

}  // namespace stune::cli
