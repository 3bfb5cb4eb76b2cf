/// \file The real program in an empty folder, as a user at a shell would have it.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/children.hpp"
#include "base/file.hpp"
#include "tests/support/temporary_folder.hpp"

namespace stune::cli {

struct Outcome {
  int code = 0;
  std::string output;
  std::string error;
};

/// A program that has been started and goes on beside the test.
class Running {
 public:
  Running(const std::vector<std::string>& arguments, const std::filesystem::path& folder);
  ~Running();  ///< kills it if it still runs
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

  /// Blocks until it has written `text` to standard error, or has closed it. True: it has.
  bool says(const std::string& text);
  void signal(int number) const;
  /// Waits for its end.
  Outcome finish();

 private:
  bool read_more();

  pid_t pid_ = 0;
  int error_ = -1;
  std::filesystem::path output_;
  std::string said_;
};

/// A temporary folder, removed at the end; commands run in it.
class Shell {
 public:
  /// Writes an executable file.
  void write(const std::string& name, const std::string& content) const;
  /// `stune` with these arguments; waits for it.
  Outcome stune(const std::vector<std::string>& arguments) const { return Running(arguments, path("")).finish(); }
  /// Relative paths of everything in the folder, with sizes: what "nothing has changed" is about.
  std::map<std::string, std::uintmax_t> listing() const;
  std::filesystem::path path(const std::string& name) const { return folder_ / name; }

 private:
  TemporaryFolder folder_;
};

/// A script with these #STUNE lines that measures loss = (x - 0.25)^2.
std::string parabola(const std::string& stune_lines);

}  // namespace stune::cli
