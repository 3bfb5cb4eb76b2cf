#include "cli/interrupt.hpp"

#include <signal.h>
#include <unistd.h>

#include <array>
#include <atomic>

#include "stune/error.hpp"

namespace stune::cli {

namespace {

constexpr std::array watched{SIGINT, SIGTERM, SIGHUP};
std::array<struct sigaction, watched.size()> before{};
std::atomic<const Wakeup*> target{nullptr};
std::atomic<bool> asked{false};

extern "C" void on_signal(int) {
  if (asked.exchange(true)) _exit(static_cast<int>(ExitCode::interrupted));
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
    sigaction(watched[i], nullptr, &before[i]);
    const bool ignored_by_nohup = watched[i] == SIGHUP && before[i].sa_handler == SIG_IGN;
    if (!ignored_by_nohup) sigaction(watched[i], &action, nullptr);
  }
}

Interrupt::~Interrupt() {
  for (std::size_t i = 0; i < watched.size(); ++i) sigaction(watched[i], &before[i], nullptr);
  target = nullptr;
}

}  // namespace stune::cli
