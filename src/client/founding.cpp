#include "client/founding.hpp"

#include <unistd.h>

#include <algorithm>
#include <cmath>

#include "base/file.hpp"
#include "base/random.hpp"
#include "stune/error.hpp"
#include "trial/folder.hpp"

namespace stune {
namespace {

namespace fs = std::filesystem;

constexpr int id_length = 6;
constexpr mode_t executable = 0700;
constexpr mode_t private_file = 0600;

std::string content_of(const fs::path& file) {
  std::optional<std::string> content = read_file(file);
  if (!content) throw ConfigError(file.string() + ": no such file");
  return std::move(*content);
}

/// Variables as NAME=VALUE, each ended by a NUL byte, as in /proc/PID/environ.
std::string join(const Environment& environment) {
  std::string text;
  for (const auto& [name, value] : environment) text += name + '=' + value + '\0';
  return text;
}

void check_range(bool valid, const char* option, double found, const char* range) {
  if (valid) return;
  std::string number = to_string(Value{found});
  if (number.ends_with(".0")) number.resize(number.size() - 2);
  throw ConfigError(std::string(option) + ": found " + number + ", valid is " + range);
}

void check_options(const RunOptions& o) {
  check_range(o.trials >= 1, "--trials", o.trials, "1 or more");
  check_range(o.parallel >= 1, "--parallel", o.parallel, "1 or more");
  check_range(o.tolerated_failure_rate >= 0 && o.tolerated_failure_rate <= 1, "--tolerated-failure-rate",
              o.tolerated_failure_rate, "0 to 1");
  check_range(o.poll_growth >= 1 && std::isfinite(o.poll_growth), "--poll", o.poll_growth, "a growth of 1 or more");
}

std::string describe_space(const SearchSpace& space) {
  std::string text;
  for (const Parameter& p : space.parameters()) text += "\n    " + p.name + " = " + describe(p);
  return text;
}

std::string place_of(const Definition& definition) {
  return definition.working_directory.empty() ? "each in a folder of its own"
                                              : "in " + definition.working_directory.string();
}

}  // namespace

bool is_experiment(const fs::path& folder) {
  std::error_code ignored;
  return fs::exists(folder / "journal.jsonl", ignored) || fs::exists(folder / "lock", ignored);
}

bool is_somebody_elses(const fs::path& folder) {
  if (!fs::exists(folder) || is_experiment(folder)) return false;
  if (!fs::is_directory(folder)) return true;
  bool everything_is_unfinished = true;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with("lock.dead.")) return false;  // whatever else is there was made under that lock
    everything_is_unfinished = everything_is_unfinished && name.starts_with(".tmp.");
  }
  return !everything_is_unfinished;
}

void check(const NewExperiment& wanted, bool runs_commands) {
  const Definition& d = wanted.definition;
  if (d.space.parameters().empty()) {
    throw ConfigError("no parameter to tune; add for example --param \"lr = log(1e-5, 1e-1)\"");
  }
  if (d.optimization.objectives.empty()) {
    throw ConfigError("no objective; add --minimize METRIC or --maximize METRIC");
  }
  if (d.optimization.objectives.size() > 1) throw ConfigError("several objectives are not supported yet");
  if (!d.optimization.constraints.empty()) throw ConfigError("outcome constraints are not supported yet");
  if (runs_commands && d.command.script.empty() && d.command.arguments.empty()) {
    throw ConfigError("nothing to run: give a script, or a command behind --");
  }
  static const std::vector<std::string> methods = {"fast", "random", "sobol"};
  if (std::ranges::find(methods, d.method) == methods.end()) {
    throw ConfigError("--method: found '" + d.method + "', valid are fast, random, sobol");
  }
  std::error_code ignored;
  if (!d.command.script.empty() && !fs::is_regular_file(d.command.script, ignored)) {
    throw ConfigError("script " + d.command.script.string() + ": no such file");
  }
  check_range(d.initial >= 0, "--initial", d.initial, "0 or more");
  check_options(wanted.options);
}

Definition furnish(const fs::path& folder, const NewExperiment& wanted, const fs::path& node_program) {
  Definition d = wanted.definition;
  if (d.id.empty()) d.id = random_name(id_length);
  if (d.seed == 0) d.seed = entropy() >> 11U;  // fits a JSON number that every reader takes exactly
  if (!d.command.script.empty()) {
    replace_file(folder / "script.sh", content_of(d.command.script), executable);
    d.command.script = folder / "script.sh";
  }
  replace_file(folder / "environment", join(wanted.environment), private_file);
  for (const char* name : {"requests", "done", "submissions", "trials", "bin"}) create_folders(folder / name);
  if (!node_program.empty()) {
    replace_file(ExperimentFolder(folder).node_program(), content_of(node_program), executable);
  }
  return d;
}

std::vector<std::string> check_same(const fs::path& folder, const Definition& begun, const Definition& wanted) {
  const auto refuse = [&](const std::string& what) {
    throw ConfigError(folder.string() + " holds an experiment with " + what +
                      "\ngo on with it as it is (stune resume " + folder.filename().string() +
                      "), or begin another one (--name NAME)");
  };
  if (begun.space != wanted.space) {
    refuse("another search space:" + describe_space(begun.space) + "\n  wanted now:" + describe_space(wanted.space));
  }
  if (begun.optimization != wanted.optimization) refuse("another objective");
  if (begun.metrics != wanted.metrics) refuse("other metrics");
  if (begun.command.script.empty() != wanted.command.script.empty() ||
      begun.command.arguments != wanted.command.arguments) {
    refuse("another command");
  }
  if (wanted.seed != 0 && begun.seed != wanted.seed) refuse("seed " + std::to_string(begun.seed));
  if (begun.method != wanted.method) refuse("method " + begun.method);
  if (begun.name != wanted.name) refuse("the name " + begun.name);
  if (wanted.initial != 0 && begun.initial != wanted.initial) {
    refuse(begun.initial == 0 ? "a number of --initial trials that stune chose"
                              : "--initial " + std::to_string(begun.initial));
  }
  std::vector<std::string> notices;
  const bool runs_commands = !begun.command.script.empty() || !begun.command.arguments.empty();
  if (runs_commands && begun.working_directory != wanted.working_directory) {
    notices.push_back("trials go on to run where they did, " + place_of(begun) + ", not " + place_of(wanted));
  }
  if (wanted.command.script.empty() || read_file(folder / "script.sh") == content_of(wanted.command.script)) {
    return notices;
  }
  notices.push_back(wanted.command.script.string() +
                    " is not what the experiment began with; trials go on with the copy " +
                    (folder / "script.sh").string());
  return notices;
}

Environment read_environment(const fs::path& folder) {
  Environment environment;
  const std::string text = content_of(folder / "environment");
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = text.find('\0', begin);
    const std::string entry = text.substr(begin, end - begin);
    if (const std::size_t equals = entry.find('='); equals != std::string::npos) {
      environment[entry.substr(0, equals)] = entry.substr(equals + 1);
    }
    if (end == std::string::npos) break;
    begin = end + 1;
  }
  return environment;
}

}  // namespace stune
