/// \file An experiment's folder with the real node program in it, and attempts that are real processes.
#pragma once

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <csignal>
#include <fstream>
#include <string>
#include <vector>

#include "base/children.hpp"
#include "base/descriptor.hpp"
#include "base/file.hpp"
#include "stune/error.hpp"
#include "tests/support/temporary_folder.hpp"
#include "trial/claim.hpp"
#include "trial/exit_record.hpp"
#include "trial/folder.hpp"
#include "trial/task.hpp"

namespace stune {

class AttemptFixture : public testing::Test {
 protected:
  AttemptFixture() : experiment(temporary.path()), attempt(experiment.attempt({7, 0})) {
    std::filesystem::create_directories(experiment.bin());
    std::filesystem::create_symlink(STUNE_NODE_PROGRAM, experiment.node_program());
    workplace.folder = temporary.path();
  }

  Task make_bash_task(const std::string& script, const Parameterization& parameters) {
    workplace.command.arguments = {"/bin/bash", "-c", script};
    Task task = make_task(workplace, "token", {{7, 0}, parameters, 0, {}, {}}, true);
    task.arguments[2] = script;
    return task;
  }
  /// The task of trial 7 for bash with `script`; `change` may change it before it is written.
  template <typename Change>
  void prepare(const std::string& script, const Parameterization& parameters, Change change) {
    Task task = make_bash_task(script, parameters);
    change(task);
    write_task(attempt, task);
  }
  void prepare(const std::string& script) {
    prepare(script, {}, [](Task&) {});
  }

  /// Starts the attempt once more; its messages go to the file `messages`. `task`: for its standard input.
  pid_t start(const Environment& extra = {}, const std::optional<std::string>& task = {}) {
    SpawnOptions options;
    options.arguments = {experiment.node_program().string(), "attempt", attempt.path().string()};
    Descriptor input;
    if (task) {
      options.arguments.push_back("--task-from-stdin");
      input = make_input(*task);
      options.standard_input = input.get();
    }
    options.environment = {{"PATH", "/usr/bin:/bin"}};
    for (const auto& [name, value] : extra) options.environment[name] = value;
    const Descriptor log(::open((temporary / "messages").c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
    options.standard_error = log.get();
    pid_t pid = -1;
    EXPECT_EQ(spawn(options, pid), 0);
    return pid;
  }
  static int wait_for(pid_t pid) {
    int status = 0;
    ::waitpid(pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }
  int run(const Environment& extra = {}) { return wait_for(start(extra)); }

  std::string output() const { return read_file(attempt.output()).value_or(""); }
  std::string messages() const { return read_file(temporary / "messages").value_or(""); }
  ExitRecord record(int start = 0) const {
    const auto found = read_exit_record(attempt.exit_record(start));
    EXPECT_TRUE(found.has_value()) << "no exit record of start " << start;
    return found.value_or(ExitRecord{});
  }

  /// A named pipe through which a command tells something and waits for something.
  std::string make_pipe(const std::string& name) const {
    const std::string path = (temporary / name).string();
    EXPECT_EQ(::mkfifo(path.c_str(), 0600), 0);
    return path;
  }

  TemporaryFolder temporary;
  ExperimentFolder experiment;
  AttemptFolder attempt;
  Workplace workplace;
};

/// The direct children of a process.
inline std::vector<pid_t> children_of(pid_t pid) {
  std::ifstream list("/proc/" + std::to_string(pid) + "/task/" + std::to_string(pid) + "/children");
  std::vector<pid_t> result;
  for (pid_t child = 0; list >> child;) result.push_back(child);
  return result;
}

/// Returns when the process has ended, whoever its parent is.
inline void wait_until_gone(pid_t pid) {
  const Descriptor process(open_pidfd(pid));
  pollfd source{process.get(), POLLIN, 0};
  if (process) ::poll(&source, 1, 60'000);
}

}  // namespace stune
