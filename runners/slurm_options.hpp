/// \file The user's own sbatch options: from the script's #SBATCH lines and from `--sbatch`. Pure.
///
/// Who wins: `--sbatch` over #SBATCH lines, and stune over both where it could not work otherwise:
///     --job-name, --output, --error, --open-mode, --parsable, --quiet    stune's (the trial's output is in output.log)
///     --chdir       the user's: the trial runs there
///     --export, --export-file, --comment, --requeue                       the user's
///     --clusters    the user's, one cluster: every command of Slurm is asked about that one
///     --exclude     the user's nodes, and those that failed lately
///     --array, --wait, --test-only, --wrap, hetjob, ...                   refused, with a reason
/// Where a site sets SBATCH_ACCOUNT, _PARTITION, _QOS or _RESERVATION, they count as on the command line, before
/// --sbatch; all other variables of that kind are not seen by any job of stune.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stune::slurm {

/// One word of sbatch's command line, and where it was found ("train.sh:3", "--sbatch").
struct OptionWord {
  std::string text;
  std::string place;
};

/// Words as sbatch splits a #SBATCH line: at white space, with '...', "..." and backslashes, up to a word that begins
/// with #.
std::vector<std::string> split_words(std::string_view line);
/// One word in that form, so that split_words gives it back.
std::string quote_word(const std::string& word);

/// All words of the lines that begin with #SBATCH, up to the first line that is neither empty nor a comment.
std::vector<OptionWord> script_words(std::string_view script, const std::string& name);
/// What counts as typed: a site's environment as sbatch would read it, then the texts of --sbatch, each with one or
/// several options.
std::vector<OptionWord> typed_words(const std::map<std::string, std::string>& environment,
                                    const std::vector<std::string>& texts);

struct UserOptions {
  std::vector<std::string> from_script;        ///< words to be kept
  std::vector<std::string> from_command_line;  ///< words to be kept
  std::optional<std::string> chdir;
  std::string cluster;  ///< of --clusters; empty: the one that is configured here
  std::string exclude;  ///< nodes
  bool has_export = false;
  bool has_comment = false;
  bool requeue = false;            ///< Slurm may start a job again by itself
  std::vector<std::string> notes;  ///< for people: what is ignored, and why
};

/// Throws ConfigError naming the place of an option that cannot work.
UserOptions sort_options(const std::vector<OptionWord>& script, const std::vector<OptionWord>& command_line);

}  // namespace stune::slurm
