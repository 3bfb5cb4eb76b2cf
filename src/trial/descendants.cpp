#include "trial/descendants.hpp"

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <fstream>
#include <string>

namespace stune::trial {
namespace {

using std::chrono::milliseconds;

/// Our children but two; nothing where the kernel does not list them.
std::optional<std::vector<pid_t>> children_but(pid_t leader, pid_t spared) {
  const std::string self = std::to_string(::getpid());
  std::ifstream list("/proc/self/task/" + self + "/children");
  if (!list) return std::nullopt;
  std::vector<pid_t> result;
  for (pid_t pid = 0; list >> pid;) {
    if (pid != leader && pid != spared) result.push_back(pid);
  }
  return result;
}

/// Waits until nobody is left, at most `patience`. What ends meanwhile is reaped; new orphans count.
bool wait_for_end(pid_t leader, pid_t spared, milliseconds patience) {
  sigset_t child_ended;
  ::sigemptyset(&child_ended);
  ::sigaddset(&child_ended, SIGCHLD);
  const auto until = std::chrono::steady_clock::now() + patience;
  while (true) {
    const auto left = children_but(leader, spared);
    if (!left || left->empty()) return left.has_value();
    for (const pid_t pid : *left) ::waitpid(pid, nullptr, WNOHANG);
    if (std::chrono::steady_clock::now() >= until) return false;
    const timespec interval{0, 10'000'000};
    ::sigtimedwait(&child_ended, nullptr, &interval);
  }
}

void signal_all(pid_t leader, pid_t spared, int signal) {
  ::kill(-leader, signal);
  for (const pid_t pid : children_but(leader, spared).value_or(std::vector<pid_t>())) ::kill(pid, signal);
}

}  // namespace

void adopt_orphans() { ::prctl(PR_SET_CHILD_SUBREAPER, 1); }

void end_leftovers(pid_t leader, pid_t spared) {
  constexpr milliseconds by_itself{250};
  constexpr milliseconds after_term{2000};
  constexpr milliseconds after_kill{100};
  constexpr int rounds = 20;  // each may uncover grandchildren
  if (!children_but(leader, spared)) {
    ::kill(-leader, SIGKILL);
    return;
  }
  if (wait_for_end(leader, spared, by_itself)) return;
  signal_all(leader, spared, SIGTERM);
  if (wait_for_end(leader, spared, after_term)) return;
  for (int round = 0; round < rounds; ++round) {
    signal_all(leader, spared, SIGKILL);
    if (wait_for_end(leader, spared, after_kill)) return;
  }
}

}  // namespace stune::trial
