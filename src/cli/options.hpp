/// \file The options of `stune run`: one table for the command line and for #STUNE lines, and what was given of them.
///
/// Who wins: the command line over the script's lines. An option that is there once replaces; --param and --metric
/// replace the one of the same name and keep the others; --sbatch adds its words behind the script's, where they win as
/// sbatch's own command line does.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "cli/script.hpp"
#include "stune/error.hpp"

namespace CLI {
class App;
}

namespace stune::cli {

/// What an option is about; decides where it may be given.
enum class Subject : std::uint8_t {
  definition,  ///< what the experiment is: cannot be changed later
  running,     ///< how it is run: `resume` and `set` take it, too
  session,     ///< of this one command: not in a script
  planned      ///< understood, and refused as not supported yet; --help is silent about it
};

struct OptionSpec {
  std::string name;   ///< without dashes
  std::string value;  ///< what stands for its value in --help; empty: a flag
  std::string help;
  Subject subject = Subject::running;
  bool list = false;     ///< may be given several times; else the last one counts
  bool at_once = false;  ///< a run that goes on uses it as soon as it is set; else the next run does
};
const std::vector<OptionSpec>& option_specs();

/// A value as it was given, and where: "train.sh:4: " in a script, "" on the command line.
struct Given {
  std::string text;
  std::string place;

  bool operator==(const Given&) const = default;
};

/// Values by option name, in the order in which they were given. Flags have one value, "true".
struct GivenOptions {
  std::map<std::string, std::vector<Given>> values;

  bool has(const std::string& name) const { return values.contains(name); }
  const std::vector<Given>& all(const std::string& name) const;
  /// The one that counts; nullptr if not given.
  const Given* last(const std::string& name) const;
};

/// Registers the options of these subjects; parsing fills `given`, which must outlive `app`.
void add_options(CLI::App& app, const std::vector<Subject>& subjects, GivenOptions& given);

/// Throws UsageError if `app` met options or words it does not know, saying what was perhaps meant.
void refuse_unknown(const CLI::App& app);

/// The options of a script's lines. Throws ConfigError with script and line.
GivenOptions options_of(const ScriptLines& script, const std::string& name);

/// Both, the command line winning. Throws ConfigError where one of them names a parameter or metric twice, or has two
/// objectives.
GivenOptions merged(const GivenOptions& script, const GivenOptions& command_line);

/// `given` without what `recorded` says in the same words: what has been edited since.
GivenOptions without(const GivenOptions& given, const GivenOptions& recorded);

/// Before "=" or "(": the name in "lr = log(...)". Trimmed.
std::string leading_name(const std::string& text);

/// Calls `read` with the value's text; a ConfigError gets place and option name in front. On the command line it
/// becomes a UsageError if `usage`.
template <class Read>
auto read_option(const std::string& name, const Given& given, Read&& read, bool usage = true) {
  const std::string where = given.place + "--" + name + ": ";
  try {
    return read(given.text);
  } catch (const ConfigError& error) {
    if (usage && given.place.empty()) throw UsageError(where + error.what());
    throw ConfigError(where + error.what());
  }
}

}  // namespace stune::cli
