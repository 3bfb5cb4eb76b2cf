/// \file What Slurm's commands say in six versions: dialects/slurm-VERSION.txt, a file in two parts.
///
/// Single answers, and what is understood of each:
///     >>> COMMAND [exit code]     then its output (a line of standard error begins with "!")
///     <<<                         then what must be understood
/// After a line "===" a whole run of one submission, as a sequence of moments:
///     @ WHAT HAPPENS              submit JOBS; start TRIAL JOB RESTART; end TRIAL START EXIT_CODE; stop TRIAL; or else
///                                 nothing but that ten minutes pass
///     >>> PROGRAM [exit code]     what it says from now on
///     <<<                         then what the runner must report
#pragma once

#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

#include "base/commands.hpp"
#include "base/file.hpp"

namespace stune::slurm {

struct Line {
  int number = 0;
  std::string text;
};

struct Dialect {
  std::vector<Line> answers;
  std::vector<Line> run;
};

inline Dialect read_dialect(const std::string& version) {
  Dialect dialect;
  std::istringstream lines(read_file(std::filesystem::path(STUNE_DIALECTS) / ("slurm-" + version + ".txt")).value());
  int number = 0;
  bool in_run = false;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    if (line == "===") {
      in_run = true;
    } else {
      (in_run ? dialect.run : dialect.answers).push_back({number, line});
    }
  }
  return dialect;
}

/// One line of what a command says.
inline void hear(CommandResult& result, const std::string& line) {
  if (line.starts_with("!")) {
    result.error += line.substr(1) + "\n";
  } else {
    result.output += line + "\n";
  }
}

/// For names of tests.
inline std::string dialect_name(std::string version) {
  version[2] = '_';
  return version;
}

}  // namespace stune::slurm
