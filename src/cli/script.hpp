/// \file The experiment script as stune reads it: what must hold of the file, and the words of its #STUNE lines.
///
///     script := "#!" interpreter LF (comment | "#STUNE" words | blank)* first command, everything else
///
/// As with #SBATCH lines: #STUNE stands at the beginning of its line, words are split as a shell splits them, and the
/// first line that is neither blank nor a comment ends them. A #STUNE line after it would be overlooked, so it is an
/// error.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace stune::cli {

/// One #STUNE line.
struct ScriptLine {
  int number = 0;  ///< from 1
  std::vector<std::string> words;

  bool operator==(const ScriptLine&) const = default;
};

struct ScriptLines {
  std::vector<ScriptLine> lines;
  std::vector<std::string> notices;  ///< lines that look as if they were meant for stune ("# STUNE --trials 5")
};

/// Pure. `name` begins every message ("train.sh:4: ..."). Throws ConfigError: no "#!", a DOS line end, a NUL byte, a
/// byte order mark, an unclosed quote, a #STUNE line after the first command.
ScriptLines parse_script(std::string_view text, const std::string& name);

/// The file's content. Throws ConfigError if it is not there, no regular file or not readable.
std::string read_script(const std::filesystem::path& path);

}  // namespace stune::cli
