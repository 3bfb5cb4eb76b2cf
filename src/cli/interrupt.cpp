#include "cli/interrupt.hpp"

#include <signal.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <atomic>

#include "stune/error.hpp"

namespace stune::cli {

namespace {

constexpr std::array watched{SIGINT, SIGTERM, SIGHUP, SIGUSR1};
std::array<struct sigaction, watched.size()> actions_before{};
std::atomic<const Wakeup*> target{nullptr};
std::atomic<bool> asked{false};
std::atomic<time_t> asked_at{0};
constexpr time_t repeated_within = 2;  // seconds

/// What signals whole jobs (mpirun, Slurm, a terminal) may well do so twice; only people mean the second one.
extern "C" void on_signal(int number) {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  if (asked.exchange(true)) {
    if (number != SIGINT && now.tv_sec - asked_at <= repeated_within) return;
    _exit(static_cast<int>(ExitCode::interrupted));
  }
  asked_at = now.tv_sec;
  if (const Wakeup* wakeup = target.load()) wakeup->notify();
}

}  // namespace

Interrupt::Interrupt() {
  target = &wakeup_;
  asked = false;
  signal(SIGPIPE, SIG_IGN);
  struct sigaction action {};
  action.sa_handler = on_signal;
  sigemptyset(&action.sa_mask);
  for (std::size_t i = 0; i < watched.size(); ++i) {
    sigaction(watched[i], nullptr, &actions_before[i]);
    const bool ignored_by_nohup = watched[i] == SIGHUP && actions_before[i].sa_handler == SIG_IGN;
    if (!ignored_by_nohup) sigaction(watched[i], &action, nullptr);
  }
}

Interrupt::~Interrupt() {
  for (std::size_t i = 0; i < watched.size(); ++i) sigaction(watched[i], &actions_before[i], nullptr);
  target = nullptr;
}

}  // namespace stune::cli
