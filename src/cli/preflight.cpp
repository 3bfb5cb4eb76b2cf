#include "cli/preflight.hpp"

#include "cli/script.hpp"
#include "client/founding.hpp"
#include "client/make_runner.hpp"
#include "experiment/escalation.hpp"
#include "runners/slurm_escalation.hpp"
#include "stune/error.hpp"

namespace stune::cli {

namespace {

slurm::UserOptions sorted(const NewExperiment& wanted, const std::vector<slurm::OptionWord>& script,
                          const Environment& environment) {
  slurm::UserOptions options =
      slurm::sort_options(script, slurm::typed_words(environment, wanted.options.sbatch_options));
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

}  // namespace

Parameterization first_parameters(const SearchSpace& space) {
  const auto defaults = space.defaults();
  return defaults ? *defaults : space.center();
}

Job first_job(const Definition& definition) { return {{0, 0}, first_parameters(definition.space), 0, {}, {}}; }

Task first_task(const Workplace& workplace, const Definition& definition) {
  return make_task(workplace, "TOKEN", first_job(definition), true);
}

std::vector<std::string> filled(const std::vector<std::string>& words, const Job& job) {
  std::vector<std::string> all;
  for (const std::string& word : words) all.push_back(fill_placeholders(word, job.id, job.parameters));
  return all;
}

slurm::UserOptions slurm_options(const NewExperiment& wanted) {
  std::vector<slurm::OptionWord> script;
  if (const auto& path = wanted.definition.command.script; !path.empty()) {
    script = slurm::script_words(read_script(path), path.filename().string());
  }
  return sorted(wanted, script, wanted.environment);
}

void check_placeable(const NewExperiment& wanted) {
  Workplace workplace;
  workplace.folder = "/";
  workplace.command = wanted.definition.command;
  first_task(workplace, wanted.definition);
  const RunOptions& options = wanted.options;
  if (resolve_runner(options.runner, wanted.environment) != "slurm") {
    sorted(wanted, {}, {});  // what was typed is recorded, and holds as soon as the experiment goes on with Slurm
    return;
  }
  slurm::check_growth(slurm_options(wanted), parse_escalation(options.on_timeout).factor,
                      parse_escalation(options.on_oom).factor, options.trial_time_limit);
}

NewExperiment begun_with(const std::filesystem::path& folder, const Experiment& experiment, RunOptions options) {
  NewExperiment begun{experiment.definition(), std::move(options), read_environment(folder)};
  if (!begun.definition.command.script.empty()) begun.definition.command.script = folder / "script.sh";
  return begun;
}

}  // namespace stune::cli
