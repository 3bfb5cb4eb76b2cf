#include "cli/dry_run.hpp"

#include "base/clock.hpp"
#include "cli/describe.hpp"
#include "cli/quantities.hpp"
#include "cli/script.hpp"
#include "cli/words.hpp"
#include "client/make_runner.hpp"
#include "runners/slurm_script.hpp"
#include "stune/error.hpp"
#include "stune/slurm_runner.hpp"
#include "trial/folder.hpp"

namespace stune::cli {

namespace {

Job first_job(const Definition& definition) { return {{0, 0}, first_parameters(definition.space), 0, {}, {}}; }

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

std::vector<std::string> filled(const std::vector<std::string>& words, const Job& job) {
  std::vector<std::string> all;
  for (const std::string& word : words) all.push_back(fill_placeholders(word, job.id, job.parameters));
  return all;
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

std::string polling_text(const RunOptions& options, bool is_slurm) {
  if (!is_slurm) return "Nothing is polled: processes of this machine report their end themselves.\n";
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

Parameterization first_parameters(const SearchSpace& space) {
  const auto defaults = space.defaults();
  return defaults ? *defaults : space.center();
}

Task first_task(const Workplace& workplace, const Definition& definition) {
  return make_task(workplace, "TOKEN", first_job(definition), true);
}

slurm::UserOptions slurm_options(const NewExperiment& wanted) {
  std::vector<slurm::OptionWord> script;
  if (const auto& path = wanted.definition.command.script; !path.empty()) {
    script = slurm::script_words(read_script(path), path.filename().string());
  }
  slurm::UserOptions options =
      slurm::sort_options(script, slurm::typed_words(wanted.environment, wanted.options.sbatch_options));
  const Job job = first_job(wanted.definition);
  try {
    filled(options.from_script, job);
    filled(options.from_command_line, job);
    filled({options.chdir.value_or(""), options.exclude}, job);
  } catch (const ConfigError& error) {
    throw ConfigError(std::string("in the options for sbatch, ") + error.what());
  }
  return options;
}

std::string dry_run(const std::filesystem::path& folder, const NewExperiment& wanted) {
  const RunOptions& options = wanted.options;
  const bool is_slurm = resolve_runner(options.runner, wanted.environment) == "slurm";
  std::string text =
      "Experiment " + wanted.definition.name + " in " + folder.string() + " (nothing is created or submitted now)\n";
  for (const Parameter& parameter : wanted.definition.space.parameters()) {
    text += "  " + parameter.name + " = " + describe(parameter) + "\n";
  }
  text += "  " + objective_text(wanted.definition) + "; " + counted(options.trials, "trial") + ", at most " +
          std::to_string(options.parallel) + " at a time, " +
          (is_slurm ? "as Slurm jobs" : "as processes of this machine") + "\n\n";
  if (is_slurm) text += slurm_text(folder, wanted) + "\n";
  return text + task_text(workplace_of(folder, wanted), wanted.definition) + "\n" + polling_text(options, is_slurm);
}

}  // namespace stune::cli
