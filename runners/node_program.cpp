#include "runners/node_program.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "stune/error.hpp"

namespace stune {

NodeProgram::NodeProgram(const Workplace& workplace, bool die_with_us) : folder_(workplace.folder) {
  const auto program = folder_.node_program();
  if (::access(program.c_str(), X_OK) != 0) {
    throw RunnerError("cannot run " + program.string() + ": " + std::strerror(errno) +
                      "; trials are started through it (is the file system mounted noexec?)");
  }
  options_.arguments = {program.string(), "attempt", "--task-from-stdin", ""};
  if (die_with_us) options_.arguments.push_back("--die-with-parent");
  options_.environment = workplace.environment;
}

int NodeProgram::start(const Task& task, pid_t& pid) {
  const std::string attempt = folder_.attempt(task.id).path().string();
  const Descriptor input = make_input(to_text(task));
  if (!input) return errno != 0 ? errno : ENOMEM;
  options_.arguments[3] = attempt;
  // So that strays are found even if the node program is killed while it starts the command.
  options_.environment["STUNE_ATTEMPT_DIR"] = attempt;
  options_.standard_input = input.get();
  return spawn(options_, pid);
}

bool failed_on_storage(int wait_status) {
  return WIFEXITED(wait_status) && WEXITSTATUS(wait_status) == static_cast<int>(ExitCode::storage);
}

bool may_pass(int error) { return error == EAGAIN || error == ENOMEM || error == EMFILE || error == ENFILE; }

}  // namespace stune
