#include "cli/plan.hpp"

#include <algorithm>
#include <cctype>
#include <limits>
#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "cli/quantities.hpp"
#include "cli/words.hpp"
#include "experiment/escalation.hpp"
#include "experiment/keep.hpp"

namespace stune::cli {

namespace {

constexpr int unlimited = std::numeric_limits<int>::max();

/// Names become file names, job names and parts of messages.
std::string valid_name(const std::string& text) {
  const auto fits = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '-' || c == '.';
  };
  if (!text.empty() && text.size() <= 100 && text[0] != '.' && text[0] != '-' &&
      std::all_of(text.begin(), text.end(), fits))
    return text;
  throw ConfigError("found \"" + text +
                    "\"; valid are 1 to 100 letters, digits, '_', '-' and '.', not beginning with '.' or '-'");
}

/// "train" of train.sh, else of the first argument that looks like a file of the user's, else of the program.
std::string default_name(const Surroundings& surroundings) {
  std::string name = surroundings.script.stem().string();
  for (const std::string& argument : surroundings.arguments) {
    if (!name.empty()) break;
    const std::filesystem::path path(argument);
    std::error_code error;
    if (path.has_extension() && std::filesystem::is_regular_file(surroundings.current / path, error))
      name = path.stem().string();
  }
  if (name.empty() && !surroundings.arguments.empty())
    name = std::filesystem::path(surroundings.arguments[0]).stem().string();
  for (char& c : name) {
    if (!std::isalnum(static_cast<unsigned char>(c)) && c != '_' && c != '-' && c != '.') c = '_';
  }
  return name.empty() || name[0] == '.' || name[0] == '-' ? "experiment" : name;
}

std::string name_of(const GivenOptions& given, const Surroundings& surroundings) {
  const Given* name = given.last("name");
  return name ? read_option("name", *name, valid_name) : default_name(surroundings);
}

std::string one_of(const std::string& text, const std::vector<std::string>& valid) {
  if (std::find(valid.begin(), valid.end(), text) != valid.end()) return text;
  throw ConfigError("found " + stune::in_quotes(text) + did_you_mean(text, valid) + "; valid are " + join(valid));
}

std::string valid_runner(const std::string& text) { return one_of(text, {"auto", "local", "slurm", "mpi"}); }

Parameter parameter_of(const Given& given) {
  return read_option(
      "param", given,
      [](const std::string& text) {
        Parameter parameter = parse_parameter(text);
        SearchSpace alone({parameter});  // what can be wrong in one parameter is told with its place
        return parameter;
      },
      false);
}

SearchSpace with_parameters(std::vector<Parameter> parameters, const GivenOptions& given) {
  for (const Given& one : given.all("param")) {
    Parameter parameter = parameter_of(one);
    const auto same = std::find_if(parameters.begin(), parameters.end(),
                                   [&](const Parameter& p) { return p.name == parameter.name; });
    if (same == parameters.end()) {
      parameters.push_back(std::move(parameter));
    } else {
      *same = std::move(parameter);
    }
  }
  return SearchSpace(std::move(parameters));
}

void set_objective(Definition& definition, const GivenOptions& given) {
  for (const char* direction : {"minimize", "maximize"}) {
    const Given* metric = given.last(direction);
    if (!metric) continue;
    definition.optimization = read_option(
        direction, *metric,
        [&](const std::string& text) {
          if (text.empty() || text[0] == '-')
            throw ConfigError("found \"" + text + "\"; valid is the name of a metric");
          return parse_optimization((direction == std::string("minimize") ? "-" : "") + text);
        },
        false);
  }
}

void set_metrics(Definition& definition, const GivenOptions& given) {
  const auto set = [&](const std::string& name, const Hdf5Source& source, bool replace) {
    const auto same = std::find_if(definition.metrics.begin(), definition.metrics.end(),
                                   [&](const auto& metric) { return metric.first == name; });
    if (same == definition.metrics.end()) {
      definition.metrics.emplace_back(name, source);
    } else if (replace) {
      same->second = source;
    }
  };
  for (const Given& one : given.all("metric")) {
    const auto [name, source] = read_option("metric", one, parse_metric, false);
    set(name, source, true);
  }
  for (const Objective& objective : definition.optimization.objectives) set(objective.metric, {}, false);
}

void set_working_directory(Definition& definition, const GivenOptions& given, const Surroundings& surroundings) {
  const Given* folder = given.last("workdir");
  if (!folder) return;
  definition.working_directory = read_option(
      "workdir", *folder,
      [&](const std::string& text) -> std::filesystem::path {
        if (text == "trial") return {};
        const auto path = (surroundings.current / text).lexically_normal();
        std::error_code error;
        if (!std::filesystem::is_directory(path, error))
          throw ConfigError("found \"" + text + "\", which is no folder; valid are \"trial\" and a folder");
        return path;
      },
      false);
}

void set_generation(Definition& definition, const GivenOptions& given) {
  if (const Given* seed = given.last("seed")) {
    definition.seed = static_cast<std::uint64_t>(
        read_option("seed", *seed, [](const std::string& text) { return parse_whole(text, 1); }));
  }
  if (const Given* method = given.last("method")) {
    definition.method = read_option("method", *method, [](const std::string& text) {
      return one_of(text, {"fast", "random", "sobol"});
    });
  }
  if (const Given* initial = given.last("initial")) {
    definition.initial = static_cast<int>(
        read_option("initial", *initial, [](const std::string& text) { return parse_whole(text, 1, unlimited); }));
  }
}

void set_all(Definition& definition, const GivenOptions& given, const Surroundings& surroundings) {
  definition.space = with_parameters(definition.space.parameters(), given);
  set_objective(definition, given);
  set_metrics(definition, given);
  set_working_directory(definition, given, surroundings);
  set_generation(definition, given);
}

int whole_option(const std::string& name, const Given& given, int least) {
  return static_cast<int>(
      read_option(name, given, [&](const std::string& text) { return parse_whole(text, least, unlimited); }));
}

double rate(const std::string& text) {
  const double value = parse_real(text);
  if (value < 0.0 || value > 1.0) throw ConfigError("found " + text + "; valid is a part from 0 to 1");
  return value;
}

double submit_rate(const std::string& text) {
  const double value = parse_real(text);
  if (value < 0.0 || value > 1000.0) throw ConfigError("found " + text + "; valid is a number from 0 to 1000");
  return value;
}

std::string valid_escalation(const std::string& text) {
  parse_escalation(text);
  return text;
}

std::string valid_keep(const std::string& text) {
  parse_keep(text);
  return text;
}

Seconds hours(const std::string& text) {
  const double value = parse_real(text);
  if (value < 0.0) throw ConfigError("found " + text + "; valid is a number of hours, or 0 for no limit");
  return Seconds{value * 3600.0};
}

/// Options for sbatch as they were typed; one that is there already is not added again, so that a repeated command
/// changes nothing. A text without any forgets those before it.
void add_sbatch(std::vector<std::string>& all, const Given& given) {
  if (read_option("sbatch", given, split_words).empty()) return all.clear();
  if (std::find(all.begin(), all.end(), given.text) == all.end()) all.push_back(given.text);
}

}  // namespace

std::filesystem::path folder_of(const GivenOptions& given, const Surroundings& surroundings) {
  const std::string name = name_of(given, surroundings);
  const Given* folder = given.last("folder");
  return (surroundings.current / (folder ? folder->text : name + ".stune")).lexically_normal();
}

Definition define(const GivenOptions& given, const Surroundings& surroundings) {
  Definition definition;
  definition.name = name_of(given, surroundings);
  definition.working_directory = surroundings.current;
  definition.command.script = surroundings.script;
  definition.command.arguments = surroundings.arguments;
  set_all(definition, given, surroundings);
  if (definition.space.dimension() == 0) {
    throw ConfigError("there is no parameter to tune; add one such as: --param \"lr = log(1e-5, 1e-1)\"");
  }
  if (definition.optimization.objectives.empty()) {
    throw ConfigError("there is no objective; add --minimize METRIC or --maximize METRIC");
  }
  return definition;
}

Definition redefine(Definition recorded, const GivenOptions& given, const Surroundings& surroundings) {
  if (const Given* name = given.last("name")) recorded.name = read_option("name", *name, valid_name);
  if (!surroundings.script.empty() || !surroundings.arguments.empty()) {
    recorded.command.script = surroundings.script;
    recorded.command.arguments = surroundings.arguments;
  }
  set_all(recorded, given, surroundings);
  return recorded;
}

RunOptions apply_options(RunOptions options, const GivenOptions& given) {
  if (const Given* trials = given.last("trials")) options.trials = whole_option("trials", *trials, 1);
  if (const Given* parallel = given.last("parallel")) {
    options.parallel = whole_option("parallel", *parallel, 1);
    options.automatic_parallel = false;
  }
  if (const Given* cpus = given.last("cpus-per-trial"))
    options.cpus_per_trial = whole_option("cpus-per-trial", *cpus, 0);
  if (const Given* gpus = given.last("gpus-per-trial"))
    options.gpus_per_trial = whole_option("gpus-per-trial", *gpus, 0);
  if (const Given* part = given.last("tolerated-failure-rate")) {
    options.tolerated_failure_rate = read_option("tolerated-failure-rate", *part, rate);
  }
  if (const Given* runner = given.last("runner")) options.runner = read_option("runner", *runner, valid_runner);
  if (const Given* ranks = given.last("ranks-per-trial"))
    options.ranks_per_trial = whole_option("ranks-per-trial", *ranks, 1);
  if (const Given* which = given.last("trial-env")) {
    options.trial_env = read_option("trial-env", *which, [](const std::string& text) {
      return one_of(text, {"clean", "inherit"});
    });
  }
  for (const Given& words : given.all("sbatch")) add_sbatch(options.sbatch_options, words);
  if (const Given* poll = given.last("poll")) {
    const PollPlan plan = read_option("poll", *poll, parse_poll);
    options.poll_start = plan.start;
    options.poll_growth = plan.growth;
    options.poll_cap = plan.cap;
  }
  if (const Given* rate = given.last("submit-rate"))
    options.submit_rate = read_option("submit-rate", *rate, submit_rate);
  if (const Given* policy = given.last("on-timeout"))
    options.on_timeout = read_option("on-timeout", *policy, valid_escalation);
  if (const Given* policy = given.last("on-oom")) options.on_oom = read_option("on-oom", *policy, valid_escalation);
  if (const Given* which = given.last("keep")) options.keep = read_option("keep", *which, valid_keep);
  if (const Given* limit = given.last("max-hours")) options.max_run_time = read_option("max-hours", *limit, hours);
  if (const Given* limit = given.last("trial-time-limit"))
    options.trial_time_limit = read_option("trial-time-limit", *limit, parse_duration);
  return options;
}

std::map<std::string, std::string> differences(const RunOptions& before, const RunOptions& after) {
  std::map<std::string, std::string> changes;
  const auto compare = [&](const char* name, auto member, auto text) {
    if (before.*member != after.*member) changes[name] = text(after.*member);
  };
  const auto whole = [](int value) { return std::to_string(value); };
  const auto flag = [](bool value) { return std::string(value ? "true" : "false"); };
  const auto real = [](double value) { return format_number(value); };
  const auto time = [](Seconds value) { return format_number(value.count()); };
  const auto word = [](const std::string& value) { return value; };
  const auto list = [](const std::vector<std::string>& value) { return nlohmann::json(value).dump(); };
  compare("trials", &RunOptions::trials, whole);
  compare("parallel", &RunOptions::parallel, whole);
  compare("automatic_parallel", &RunOptions::automatic_parallel, flag);
  compare("tolerated_failure_rate", &RunOptions::tolerated_failure_rate, real);
  compare("runner", &RunOptions::runner, word);
  compare("sbatch_options", &RunOptions::sbatch_options, list);
  compare("poll_start", &RunOptions::poll_start, time);
  compare("poll_growth", &RunOptions::poll_growth, real);
  compare("poll_cap", &RunOptions::poll_cap, time);
  compare("max_run_time", &RunOptions::max_run_time, time);
  compare("trial_time_limit", &RunOptions::trial_time_limit, time);
  compare("submit_rate", &RunOptions::submit_rate, real);
  compare("on_timeout", &RunOptions::on_timeout, word);
  compare("on_oom", &RunOptions::on_oom, word);
  compare("keep", &RunOptions::keep, word);
  compare("cpus_per_trial", &RunOptions::cpus_per_trial, whole);
  compare("gpus_per_trial", &RunOptions::gpus_per_trial, whole);
  compare("ranks_per_trial", &RunOptions::ranks_per_trial, whole);
  compare("trial_env", &RunOptions::trial_env, word);
  return changes;
}

void check_complete(const RunOptions& options) {
  if (options.trials == 0) throw ConfigError("it is not said how many trials to run; add --trials N");
}

}  // namespace stune::cli
