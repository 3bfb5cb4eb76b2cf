#include "trial/witness.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "trial/descendants.hpp"
#include "trial/signal_sets.hpp"

namespace stune::trial {
namespace {

constexpr pid_t released = -1;

sigset_t forwarded_set() {
  sigset_t set;
  ::sigemptyset(&set);
  for (const int signal : forwarded_signals()) ::sigaddset(&set, signal);
  return set;
}

/// Keeps nobody waiting for the end of the node program's output.
void let_go_of_output() {
  const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  if (null < 0) return;
  for (int fd = 0; fd < 3; ++fd) ::dup2(null, fd);
  ::close(null);
}

/// Reports first and consumes then: at any time a signal is either reported or still pending, so that the node program
/// never misses one only because this process was not scheduled.
void report_signals(int reports) {
  sigset_t pending;
  ::sigpending(&pending);
  for (const int signal : forwarded_signals()) {
    if (::sigismember(&pending, signal) != 1) continue;
    const auto byte = static_cast<unsigned char>(signal);
    if (::write(reports, &byte, 1) < 0) return;  // the node program is gone: the other pipe tells
    const timespec at_once{};
    sigset_t only;
    ::sigemptyset(&only);
    ::sigaddset(&only, signal);
    ::sigtimedwait(&only, nullptr, &at_once);
  }
}

enum class Order { none, orphaned, done };

/// One order, if there is one: the group to guard, or the release. Words are written whole (PIPE_BUF).
Order read_order(int orders, pid_t& group) {
  pid_t word = 0;
  const ssize_t got = ::read(orders, &word, sizeof word);
  if (got < 0) return Order::none;
  if (got != sizeof word) return Order::orphaned;
  if (word == released) return Order::done;
  group = word;
  return Order::none;
}

/// Waits a little until the killed are gone, so that the files they wrote are complete when they are sealed. Looks more
/// than once: the node program may have died while the command was just coming into being.
void kill_all(pid_t group, const std::vector<std::string>& marks) {
  constexpr int patience_ms = 1000;
  constexpr int looks = 3;
  constexpr int pause_ms = 10;
  for (int waited = 0; group > 0 && ::kill(-group, SIGKILL) == 0 && waited < patience_ms; ++waited) {
    ::poll(nullptr, 0, 1);
  }
  for (int look = 0, tries = 0; look < looks && tries < patience_ms / pause_ms; ++tries) {
    look = kill_marked(marks) > 0 ? 0 : look + 1;
    ::poll(nullptr, 0, pause_ms);
  }
}

[[noreturn]] void watch(int orders, int reports, const std::vector<std::string>& marks,
                        const std::function<void()>& on_orphaned) {
  ::setpgid(0, 0);
  let_go_of_output();
  ::signal(SIGPIPE, SIG_IGN);
  const sigset_t set = forwarded_set();
  const Descriptor signals(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
  pid_t group = 0;
  Order order = Order::none;
  while (order == Order::none) {
    pollfd sources[] = {{orders, POLLIN, 0}, {signals.get(), POLLIN, 0}};
    if (::poll(sources, 2, -1) < 0 && errno != EINTR) break;
    report_signals(reports);
    if (sources[0].revents != 0) order = read_order(orders, group);
  }
  if (order == Order::orphaned) {
    kill_all(group, marks);
    on_orphaned();
  }
  ::_exit(0);
}

}  // namespace

const std::vector<int>& forwarded_signals() {
  static const std::vector<int> signals = {SIGHUP, SIGINT, SIGQUIT, SIGUSR1, SIGUSR2, SIGTERM, SIGCONT, SIGXCPU};
  return signals;
}

Witness::Witness(const std::vector<std::string>& marks, const std::function<void()>& on_orphaned) {
  int reports[2];
  int orders[2];
  if (::pipe2(reports, O_CLOEXEC | O_NONBLOCK) != 0) return;
  reports_ = Descriptor(reports[0]);
  Descriptor reports_end(reports[1]);
  if (::pipe2(orders, O_CLOEXEC) != 0) return;
  Descriptor orders_end(orders[0]);
  orders_ = Descriptor(orders[1]);
  pid_ = ::fork();
  if (pid_ > 0) ::setpgid(pid_, 0);  // by both, so that it is out of our group before anything else happens in either
  if (pid_ != 0) return;
  reports_.reset();
  orders_.reset();
  watch(orders_end.get(), reports_end.get(), marks, on_orphaned);
}

std::vector<int> Witness::seen() {
  std::vector<int> result;
  unsigned char signal = 0;
  while (reports_ && ::read(reports_.get(), &signal, 1) == 1) result.push_back(signal);
  return result;
}

bool Witness::has_pending(int signal) const { return pid_ > 0 && signal_sets_of(pid_).is_pending(signal); }

void Witness::guard(pid_t group) { send(group); }

void Witness::send(pid_t word) {
  if (pid_ > 0 && orders_ && ::write(orders_.get(), &word, sizeof word) < 0) orders_.reset();
}

void Witness::release() {
  if (pid_ <= 0) return;
  send(released);
  orders_.reset();
  while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
}

}  // namespace stune::trial
