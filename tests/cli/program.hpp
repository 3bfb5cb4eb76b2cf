/// \file The real program in an empty folder, as a user at a shell would have it.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/children.hpp"
#include "base/file.hpp"

namespace stune::cli {

struct Outcome {
  int code = 0;
  std::string output;
  std::string error;
};

/// A temporary folder, removed at the end; commands run in it, without a Slurm in PATH.
class Shell {
 public:
  Shell();
  ~Shell();
  Shell(const Shell&) = delete;
  Shell& operator=(const Shell&) = delete;

  /// Writes an executable file.
  void write(const std::string& name, const std::string& content) const;
  /// `stune` with these arguments; waits for it.
  Outcome stune(std::vector<std::string> arguments) const;
  /// Relative paths of everything in the folder, with sizes: what "nothing has changed" is about.
  std::map<std::string, std::uintmax_t> listing() const;
  std::filesystem::path path(const std::string& name) const { return folder_ / name; }

 private:
  std::filesystem::path folder_;
};

/// A script with these #STUNE lines that measures loss = (x - 0.25)^2.
std::string parabola(const std::string& stune_lines);

}  // namespace stune::cli
