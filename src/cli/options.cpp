#include "cli/options.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cctype>
#include <functional>
#include <iterator>
#include <sstream>

#include "base/text.hpp"
#include "stune/objective.hpp"
#include "stune/parameter.hpp"

namespace stune::cli {

namespace {

bool is_in(const std::vector<Subject>& subjects, Subject subject) {
  return std::find(subjects.begin(), subjects.end(), subject) != subjects.end();
}

const char* group_of(Subject subject) {
  switch (subject) {
    case Subject::definition:
      return "What is tuned";
    case Subject::running:
      return "How it is run";
    case Subject::planned:
      return "";  // hides it
    case Subject::session:
      break;
  }
  return "This command";
}

/// minimize and maximize are two names of one thing.
std::vector<Given> objectives(const GivenOptions& given) {
  std::vector<Given> all = given.all("minimize");
  const auto& others = given.all("maximize");
  all.insert(all.end(), others.begin(), others.end());
  return all;
}

void refuse_two_objectives(const GivenOptions& given) {
  const auto all = objectives(given);
  if (all.size() < 2) return;
  const std::string place = all.back().place;
  throw ConfigError(place + "two objectives, " + all[0].text + " and " + all[1].text +
                    "; several objectives are not supported yet: give one --minimize or --maximize");
}

/// The names and numbers in an expression.
std::vector<std::string> words_in(std::string expression) {
  const auto is_name = [](unsigned char c) { return std::isalnum(c) || c == '_' || c == '.' || c == '-'; };
  std::ranges::replace_if(expression, std::not_fn(is_name), ' ');
  std::istringstream stream(expression);
  return {std::istream_iterator<std::string>(stream), {}};
}

/// What there is room for, and what is not there yet: read all the same, so that mistakes are found first.
void refuse_planned(const GivenOptions& given) {
  std::vector<std::string> parameters;
  for (const Given& one : given.all("param")) parameters.push_back(leading_name(one.text));
  for (const Given& one : given.all("constraint")) {
    read_option(
        "constraint", one,
        [&](const std::string& text) {
          const auto is_parameter = [&](const std::string& word) {
            return std::ranges::find(parameters, word) != parameters.end();
          };
          if (std::ranges::none_of(words_in(text), is_parameter)) return parse_optimization("objective", {text});
          parse_parameter_constraint(text, parameters);
          throw ConfigError("constraints on parameters are not supported yet");
        },
        false);
  }
  if (const Given* one = given.last("baseline")) {
    throw ConfigError(
        one->place +
        "--baseline: not supported yet; where every parameter has a default=, trial 0 runs with them, and "
        "stune best compares with it");
  }
}

void refuse_twice(const GivenOptions& given, const std::string& option, const std::string& word) {
  std::map<std::string, std::string> seen;
  for (const Given& one : given.all(option)) {
    const std::string name = leading_name(one.text);
    const auto [before, fresh] = seen.emplace(name, one.place);
    if (fresh) continue;
    const std::string first =
        before->second.empty() ? "" : " (first at " + before->second.substr(0, before->second.size() - 2) + ")";
    throw ConfigError(one.place + "--" + option + ": there are two " + word + " of the name " + name + first);
  }
}

/// `over` replaces what has the same name in `under`, keeping its place in the order; the rest is added.
std::vector<Given> merged_by_name(std::vector<Given> under, const std::vector<Given>& over) {
  for (const Given& one : over) {
    const auto same = std::find_if(under.begin(), under.end(), [&](const Given& other) {
      return leading_name(other.text) == leading_name(one.text);
    });
    if (same == under.end()) {
      under.push_back(one);
    } else {
      *same = one;
    }
  }
  return under;
}

std::vector<std::string> option_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) {
      if (!option->get_group().empty()) names.push_back("--" + name);
    }
  }
  return names;
}

}  // namespace

const std::vector<OptionSpec>& option_specs() {
  using enum Subject;
  static const std::vector<OptionSpec> specs = {
      {"param", "\"NAME = KIND\"",
       "a parameter to tune; KIND is float(lo, hi), log(lo, hi), int(lo, hi), int(lo, hi, log), choice(a, b, ...), "
       "ordered(a, b, ...), bool or fixed(v); step= and default= may follow",
       definition, true},
      {"minimize", "METRIC", "make this metric as small as possible", definition, true},
      {"maximize", "METRIC", "make this metric as large as possible", definition, true},
      {"metric", "\"NAME = FILE:/DATASET\"",
       "read a metric from an HDF5 file the trial writes itself; reduce= and sem= may follow", definition, true},
      {"constraint", "\"EXPRESSION\"", "", planned, true},
      {"baseline", "\"NAME=VALUE ...\"", "", planned},
      {"name", "NAME", "name of the experiment (default: the script's)", definition},
      {"folder", "DIR", "folder of the experiment (default: NAME.stune here)", definition},
      {"workdir", "trial|DIR", "where trials run: each in its own folder, or all in DIR (default: here)", definition},
      {"seed", "N", "equal seeds give equal trials (default: a new one)", definition},
      {"method", "NAME", "fast (a model of the results), random or sobol (default: fast)", definition},
      {"initial", "N", "trials spread evenly before the model takes over (default: chosen)", definition},
      {"trials", "N", "end after N trials; failed ones count, abandoned ones do not", running, false, true},
      {"parallel", "N", "at most N trials queued and running (default: 1)", running, false, true},
      {"tolerated-failure-rate", "R", "give up when more than this part of the trials fails (default: 0.5)", running,
       false, true},
      {"runner", "NAME",
       "auto, local, slurm or mpi (default: auto, which is mpi under mpirun, else slurm where sbatch is found)",
       running},
      {"sbatch", "\"OPTIONS\"", "more options for sbatch, behind those given before; \"\" forgets these", running,
       true},
      {"poll", "START[,GROWTH[,CAP]]", "how often to look at running jobs (default on Slurm: 60s,1.5,5m)", running},
      {"submit-rate", "N", "at most N calls of sbatch a second in the long run, 0: no limit (default: 1)", running},
      {"on-timeout", "fail|retry",
       "a trial that ran into its time limit fails, or is tried again with more: "
       "retry[,FACTOR[,TIMES]] (default: fail; retry alone is retry,2,2)",
       running},
      {"on-oom", "fail|retry", "the same for a trial that ran out of memory; its sbatch options must ask for some",
       running},
      {"keep", "all|failed|best",
       "whose folders stay when their trials are over: of all trials, of those that failed, or of the best one so far "
       "(default: all); results are in the journal",
       running, false, true},
      {"max-hours", "H", "end each run after H hours; jobs go on, and resume continues; 0: no limit (default: 0)",
       running, false, true},
      {"trial-time-limit", "TIME", "stop a trial that runs longer: 90, 30s, 5m, 2h or HH:MM:SS", running},
      {"cpus-per-trial", "N", "cores for each trial on this machine, or of a worker's with MPI", running},
      {"gpus-per-trial", "N", "GPUs for each trial on this machine, or of a worker's with MPI", running},
      {"ranks-per-trial", "N", "worker ranks that share a trial with MPI (default: 1)", running},
      {"trial-env", "clean|inherit", "whether trials see the variables of mpirun (default: clean)", running},
      {"coordinator", "here|job", "job: the loop itself runs in a chain of small Slurm jobs (default: here)", session},
      {"coordinator-sbatch", "\"OPTIONS\"", "options for sbatch of those jobs", session, true},
      {"take-over", "", "run it although another machine seems to; only if you know that it does not", session},
      {"dry-run", "", "show the job script, the environment of trial 0 and the polling; submit and create nothing",
       session},
      {"quiet", "", "only warnings and the result", session},
  };
  return specs;
}

const std::vector<Given>& GivenOptions::all(const std::string& name) const {
  static const std::vector<Given> none;
  const auto found = values.find(name);
  return found == values.end() ? none : found->second;
}

const Given* GivenOptions::last(const std::string& name) const {
  const auto& given = all(name);
  return given.empty() ? nullptr : &given.back();
}

void add_options(CLI::App& app, const std::vector<Subject>& subjects, GivenOptions& given) {
  for (const OptionSpec& spec : option_specs()) {
    if (!is_in(subjects, spec.subject)) continue;
    auto& values = given.values;
    if (spec.value.empty()) {
      app.add_flag_callback(
             "--" + spec.name,
             [&values, name = spec.name] {
               values[name] = {{"true", ""}};
             },
             spec.help)
          ->group(group_of(spec.subject));
      continue;
    }
    const auto keep = [&values, name = spec.name](const CLI::results_t& results) {
      for (const std::string& text : results) values[name].push_back({text, ""});
      return true;
    };
    CLI::Option* option = app.add_option("--" + spec.name, keep, spec.help)->group(group_of(spec.subject));
    option->type_name(spec.value)->type_size(1)->expected(1)->allow_extra_args(false);
    option->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  }
  app.allow_extras();
}

void refuse_unknown(const CLI::App& app) {
  const auto extras = app.remaining();
  if (extras.empty()) return;
  const auto option = std::find_if(extras.begin(), extras.end(),
                                   [](const std::string& word) { return word.size() > 1 && word[0] == '-'; });
  if (option == extras.end())
    throw UsageError("\"" + extras[0] + "\" is one word too many; stune " + app.get_name() +
                     " --help shows what is valid");
  const std::string given = option->substr(0, option->find('='));
  const std::string guess = did_you_mean(given, option_names(app));
  throw UsageError("unknown option " + given +
                   (guess.empty() ? "; stune " + app.get_name() + " --help shows what is valid" : guess));
}

GivenOptions options_of(const ScriptLines& script, const std::string& name) {
  GivenOptions all;
  for (const ScriptLine& line : script.lines) {
    const std::string place = name + ":" + std::to_string(line.number) + ": ";
    GivenOptions given;
    CLI::App app("", "run");
    app.set_help_flag();
    add_options(app, {Subject::definition, Subject::running, Subject::session, Subject::planned}, given);
    try {
      app.parse(std::vector<std::string>(line.words.rbegin(), line.words.rend()));
      refuse_unknown(app);
    } catch (const CLI::ParseError& error) {
      throw ConfigError(place + error.what());
    } catch (const UsageError& error) {
      throw ConfigError(place + error.what());
    }
    for (auto& [option, values] : given.values) {
      const auto spec = std::find_if(option_specs().begin(), option_specs().end(),
                                     [&wanted = option](const OptionSpec& s) { return s.name == wanted; });
      if (spec->subject == Subject::session)
        throw ConfigError(place + "--" + option + " belongs on the command line, not in a script");
      for (Given& one : values) all.values[option].push_back({std::move(one.text), place});
    }
  }
  return all;
}

GivenOptions merged(const GivenOptions& script, const GivenOptions& command_line) {
  for (const GivenOptions* given : {&script, &command_line}) {
    refuse_two_objectives(*given);
    refuse_twice(*given, "param", "parameters");
    refuse_twice(*given, "metric", "metrics");
  }
  GivenOptions all = script;
  if (!objectives(command_line).empty()) {
    all.values.erase("minimize");
    all.values.erase("maximize");
  }
  for (const auto& [option, values] : command_line.values) {
    auto& under = all.values[option];
    if (option == "param" || option == "metric") {
      under = merged_by_name(std::move(under), values);
    } else if (option == "sbatch") {
      under.insert(under.end(), values.begin(), values.end());
    } else {
      under = values;
    }
  }
  refuse_planned(all);
  return all;
}

GivenOptions without(const GivenOptions& given, const GivenOptions& recorded) {
  GivenOptions rest;
  for (const auto& [option, values] : given.values) {
    const auto& before = recorded.all(option);
    for (const Given& one : values) {
      const bool same =
          std::any_of(before.begin(), before.end(), [&](const Given& other) { return other.text == one.text; });
      if (!same) rest.values[option].push_back(one);
    }
  }
  return rest;
}

std::string leading_name(const std::string& text) {
  return std::string(trimmed(std::string_view(text).substr(0, text.find_first_of("=("))));
}

}  // namespace stune::cli
