#include "tests/cli/program.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <stdexcept>

namespace stune::cli {

Running::Running(const std::vector<std::string>& arguments, const std::filesystem::path& folder)
    : output_(std::filesystem::temp_directory_path() / ("stune-test-" + random_name(12) + ".out")) {
  std::array<int, 2> pipe_ends{};
  if (pipe2(pipe_ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  SpawnOptions call;
  call.arguments = arguments;
  call.arguments.insert(call.arguments.begin(), STUNE_PROGRAM);
  call.environment = current_environment();
  call.working_directory = folder;
  call.standard_output = open(output_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  call.standard_error = pipe_ends[1];
  const int failure = spawn(call, pid_);
  close(call.standard_output);
  close(pipe_ends[1]);
  error_ = pipe_ends[0];
  if (failure != 0) throw std::runtime_error("cannot start " STUNE_PROGRAM);
}

Running::~Running() {
  if (pid_ > 0) {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  close(error_);
  std::error_code ignored;
  std::filesystem::remove(output_, ignored);
}

bool Running::read_more() {
  std::array<char, 4096> buffer{};
  ssize_t count = 0;
  do {
    count = read(error_, buffer.data(), buffer.size());
  } while (count < 0 && errno == EINTR);
  if (count > 0) said_.append(buffer.data(), static_cast<std::size_t>(count));
  return count > 0;
}

bool Running::says(const std::string& text) {
  while (said_.find(text) == std::string::npos) {
    if (!read_more()) return false;
  }
  return true;
}

void Running::signal(int number) const { kill(pid_, number); }

Outcome Running::finish() {
  while (read_more()) {
  }
  int status = 0;
  while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = 0;
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status), read_file(output_).value_or(""), said_};
}

void Shell::write(const std::string& name, const std::string& content) const {
  replace_file(folder_ / name, content, 0700);
}

std::map<std::string, std::uintmax_t> Shell::listing() const {
  std::map<std::string, std::uintmax_t> all;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_.path())) {
    const auto name = std::filesystem::relative(entry.path(), folder_.path()).string();
    all[name] = entry.is_regular_file() ? entry.file_size() : 0;
  }
  return all;
}

std::string parabola(const std::string& stune_lines) {
  return "#!/bin/sh\n" + stune_lines + "stune metric loss=$(awk -v x=\"$STUNE_x\" 'BEGIN { print (x - 0.25) ^ 2 }')\n";
}

}  // namespace stune::cli
