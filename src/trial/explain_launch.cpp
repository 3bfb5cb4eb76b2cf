#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>

#include "trial/supervisor.hpp"

namespace stune::trial {
namespace {

/// "#!/bin/x -y" of the file, or empty.
std::string shebang_of(const std::string& file) {
  std::ifstream input(file, std::ios::binary);
  char buffer[256] = {};
  input.read(buffer, sizeof buffer - 1);
  const std::string begin(buffer);
  return begin.starts_with("#!") ? begin.substr(0, begin.find('\n')) : std::string();
}

std::string explain_missing(const std::string& program) {
  if (program.find('/') == std::string::npos) return "'" + program + "' is not found in PATH";
  if (::access(program.c_str(), F_OK) != 0) return "there is no file '" + program + "'";
  std::string line = shebang_of(program);
  if (line.empty()) return "'" + program + "' needs a program loader that is missing on this machine";
  const bool dos = line.ends_with('\r');
  if (dos) line.pop_back();
  return "the interpreter that '" + program + "' asks for (" + line + ") does not exist" +
         (dos ? "; the line ends in a carriage return (DOS line ends): convert the file with dos2unix" : "");
}

}  // namespace

std::string explain_launch(const SpawnOptions& command, int error) {
  if (command.arguments.empty()) return "there is no command";
  const std::string& program = command.arguments.front();
  const auto& folder = command.working_directory;
  if (!folder.empty() && ::access(folder.c_str(), X_OK) != 0) {
    return "cannot enter the working directory " + folder.string() + ": " + std::strerror(errno);
  }
  if (error == ENOENT) {
    const bool relative = program.find('/') != std::string::npos && program.front() != '/';
    return explain_missing(relative ? (folder / program).string() : program);
  }
  if (error == EACCES) return "'" + program + "' must not be executed here (chmod +x helps where it is yours)";
  if (error == ENOEXEC) {
    return "'" + program + "' is neither a program for this machine nor a script that begins with #!";
  }
  return "cannot start '" + program + "': " + std::strerror(error);
}

}  // namespace stune::trial
