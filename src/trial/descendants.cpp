#include "trial/descendants.hpp"

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>

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

/// `environment` is a sequence of "NAME=VALUE", each ended by a zero byte.
bool holds(const std::string& environment, const std::string& mark) {
  const std::string entry = mark + '\0';
  for (std::size_t at = environment.find(entry); at != std::string::npos; at = environment.find(entry, at + 1)) {
    if (at == 0 || environment[at - 1] == '\0') return true;
  }
  return false;
}

std::string environment_of(const std::string& pid) {
  std::ifstream file("/proc/" + pid + "/environ", std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

void adopt_orphans() { ::prctl(PR_SET_CHILD_SUBREAPER, 1); }

int kill_marked(const std::vector<std::string>& marks) {
  int count = 0;
  std::error_code error;
  std::filesystem::directory_iterator entry("/proc", error);
  for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    const pid_t pid = static_cast<pid_t>(std::strtol(name.c_str(), nullptr, 10));
    if (pid <= 1 || pid == ::getpid()) continue;
    const std::string environment = environment_of(name);
    const auto is_held = [&](const std::string& mark) { return holds(environment, mark); };
    if (std::all_of(marks.begin(), marks.end(), is_held) && ::kill(pid, SIGKILL) == 0) ++count;
  }
  return count;
}

void end_leftovers(pid_t leader, pid_t spared) {
  constexpr milliseconds by_itself{1000};
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
