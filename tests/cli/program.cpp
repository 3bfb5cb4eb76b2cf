#include "tests/cli/program.hpp"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <stdexcept>

#include "base/random.hpp"

namespace stune::cli {

Shell::Shell() : folder_(std::filesystem::temp_directory_path() / ("stune-cli-" + random_name(8))) {
  create_folders(folder_);
}

Shell::~Shell() {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

void Shell::write(const std::string& name, const std::string& content) const {
  replace_file(folder_ / name, content, 0700);
}

Outcome Shell::stune(std::vector<std::string> arguments) const {
  const auto output = std::filesystem::temp_directory_path() / (folder_.filename().string() + ".out");
  const auto error = std::filesystem::temp_directory_path() / (folder_.filename().string() + ".err");
  SpawnOptions call;
  call.arguments = std::move(arguments);
  call.arguments.insert(call.arguments.begin(), STUNE_PROGRAM);
  call.environment = current_environment();
  call.working_directory = folder_;
  call.standard_output = open(output.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  call.standard_error = open(error.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  pid_t pid = 0;
  if (const int failure = spawn(call, pid); failure != 0) throw std::runtime_error("cannot start " STUNE_PROGRAM);
  close(call.standard_output);
  close(call.standard_error);
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  Outcome outcome{WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status), read_file(output).value_or(""),
                  read_file(error).value_or("")};
  std::filesystem::remove(output);
  std::filesystem::remove(error);
  return outcome;
}

std::map<std::string, std::uintmax_t> Shell::listing() const {
  std::map<std::string, std::uintmax_t> all;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_)) {
    const auto name = std::filesystem::relative(entry.path(), folder_).string();
    all[name] = entry.is_regular_file() ? entry.file_size() : 0;
  }
  return all;
}

std::string parabola(const std::string& stune_lines) {
  return "#!/bin/sh\n" + stune_lines + "stune metric loss=$(awk -v x=\"$STUNE_x\" 'BEGIN { print (x - 0.25) ^ 2 }')\n";
}

}  // namespace stune::cli
