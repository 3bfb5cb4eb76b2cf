#include "trial/supervisor.hpp"

#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>

#include "base/descriptor.hpp"
#include "base/processors.hpp"
#include "trial/descendants.hpp"
#include "trial/signal_pairs.hpp"
#include "trial/signal_sets.hpp"

namespace stune::trial {
namespace {

using SteadyClock = std::chrono::steady_clock;
using SteadyTime = SteadyClock::time_point;

constexpr std::chrono::seconds grace{10};    // between SIGTERM and SIGKILL
constexpr std::chrono::seconds one_stop{2};  // from the SIGCONT to the SIGTERM of a batch system that ends a job

sigset_t watched_signals() {
  sigset_t set;
  ::sigemptyset(&set);
  for (const int signal : forwarded_signals()) ::sigaddset(&set, signal);
  ::sigaddset(&set, SIGCHLD);
  return set;
}

TimePoint now_on_the_wall() {
  return std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
}

class Supervisor {
 public:
  Supervisor(const Task& task, const Supervision& supervision, Witness& witness, ExitRecord& record)
      : task_(task), supervision_(supervision), witness_(witness), record_(record) {
    const sigset_t set = watched_signals();
    signals_ = Descriptor(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
  }

  void run(const Environment& environment) {
    read_signals();
    if (const auto asked = std::find_if(record_.signals.begin(), record_.signals.end(),
                                        [](const ReceivedSignal& received) { return received.signal != SIGCONT; });
        asked != record_.signals.end()) {
      record_.launched = false;
      record_.error = "signal " + std::to_string(asked->signal) + " came before the command was started";
      record_.exit_code = 128 + asked->signal;
      return;
    }
    if (!launch(environment)) return;
    hand_on_early_signals();
    while (!has_ended()) wait();
    read_signals();
    await_rest_of_a_stop();
    end_leftovers(command_, witness_.pid());
    collect();
  }

 private:
  bool launch(const Environment& environment) {
    SpawnOptions options;
    options.arguments = task_.arguments;
    options.environment = environment;
    options.working_directory = task_.working_directory;
    options.standard_output = supervision_.output;
    options.standard_error = supervision_.output;
    const int error = spawn(options, command_);
    if (error != 0) {
      record_.launched = false;
      record_.error = explain_launch(options, error);
      record_.exit_code = error == ENOENT ? 127 : 126;
      return false;
    }
    witness_.guard(command_);
    if (task_.time_limit.count() > 0) {
      limit_at_ = SteadyClock::now() + std::chrono::duration_cast<SteadyClock::duration>(task_.time_limit);
    }
    return true;
  }

  /// The witness may have got these before the command existed; but we may also have been slow, and the command is long
  /// at work and got them too. It did not if they would have ended it.
  void hand_on_early_signals() {
    const std::size_t before = record_.signals.size();
    read_signals();
    const SignalSets sets = signal_sets_of(command_);
    for (std::size_t i = before; i < record_.signals.size(); ++i) {
      const int signal = record_.signals[i].signal;
      if (sets.survives(signal)) continue;
      send(signal);
      pairs_.settle(signal);
    }
  }

  void read_signals() {
    signalfd_siginfo info{};
    while (::read(signals_.get(), &info, sizeof info) == sizeof info) {
      const int signal = static_cast<int>(info.ssi_signo);
      if (signal == SIGCHLD) continue;
      record_.signals.push_back({signal, now_on_the_wall()});
      pairs_.received(signal, SteadyClock::now());
      if (signal == SIGCONT) continued_at_ = SteadyClock::now();
      if (signal == SIGTERM && supervision_.die_with_parent && ::getppid() != parent_) {
        kill_at_ = SteadyClock::now() + grace;
      }
    }
  }

  /// Slurm ends a job with SIGCONT to all its processes and then SIGTERM, to one after the other: a command that ends
  /// at once may have had its SIGTERM before we get ours, and would look as if it had ended by itself.
  void await_rest_of_a_stop() {
    while (continued_at_ && termination_signal(record_) == 0 && SteadyClock::now() < *continued_at_ + one_stop) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(*continued_at_ + one_stop - SteadyClock::now());
      pollfd source{signals_.get(), POLLIN, 0};
      ::poll(&source, 1, static_cast<int>(left.count()));
      read_signals();
    }
  }

  /// Reaps adopted orphans on the way. The command itself stays a zombie, so that its group's number is not given away.
  bool has_ended() {
    while (true) {
      siginfo_t child{};
      if (::waitid(P_ALL, 0, &child, WEXITED | WNOHANG | WNOWAIT) != 0) return errno == ECHILD;
      if (child.si_pid == 0) break;
      if (child.si_pid == command_) return true;
      ::waitpid(child.si_pid, nullptr, WNOHANG);
    }
    return false;
  }

  int timeout_ms() const {
    std::optional<SteadyTime> next = pairs_.next_due();
    for (const auto& deadline : {limit_at_, kill_at_}) {
      if (deadline && (!next || *deadline < *next)) next = deadline;
    }
    if (!next) return -1;
    constexpr long long a_day = 86'400'000;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(*next - SteadyClock::now()).count();
    return static_cast<int>(std::clamp<long long>(left, 0, a_day));
  }

  void wait() {
    pollfd sources[] = {{signals_.get(), POLLIN, 0}, {witness_.fd(), POLLIN, 0}};
    const bool witness_lives = witness_.fd() >= 0 && !witness_gone_;
    ::poll(sources, witness_lives ? 2 : 1, timeout_ms());
    if (witness_lives && (sources[1].revents & POLLIN) == 0 && (sources[1].revents & (POLLHUP | POLLERR)) != 0) {
      witness_gone_ = true;
    }
    const SteadyTime now = SteadyClock::now();
    for (const int signal : pairs_.overdue(now)) {
      if (witness_.has_pending(signal)) pairs_.expect(signal, now);
    }
    for (const int signal : witness_.seen()) pairs_.witnessed(signal, now);
    read_signals();
    for (const int signal : pairs_.due(now)) send(signal);
    keep_time(now);
  }

  void keep_time(SteadyTime now) {
    if (limit_at_ && *limit_at_ <= now) {
      record_.time_limit = true;
      limit_at_.reset();
      kill_at_ = now + grace;
      send(SIGTERM);
      send(SIGCONT);
    }
    if (kill_at_ && *kill_at_ <= now) {
      kill_at_.reset();
      send(SIGKILL);
    }
  }

  void send(int signal) { ::kill(-command_, signal); }

  void collect() {
    int status = 0;
    if (::waitpid(command_, &status, 0) == command_) {
      if (WIFSIGNALED(status)) record_.signal = WTERMSIG(status);
      record_.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
    }
    rusage usage{};
    ::getrusage(RUSAGE_CHILDREN, &usage);
    record_.cpu_seconds = cpu_seconds(usage);
    record_.peak_memory = std::int64_t{usage.ru_maxrss} * 1024;
  }

  const Task& task_;
  const Supervision supervision_;
  Witness& witness_;
  ExitRecord& record_;
  Descriptor signals_;
  SignalPairs pairs_;
  pid_t command_ = -1;
  pid_t parent_ = ::getppid();
  bool witness_gone_ = false;
  std::optional<SteadyTime> limit_at_;
  std::optional<SteadyTime> kill_at_;
  std::optional<SteadyTime> continued_at_;  ///< by the last SIGCONT
};

}  // namespace

void take_over_signals() {
  ::signal(SIGPIPE, SIG_IGN);
  ::signal(SIGCHLD, SIG_DFL);
  const sigset_t set = watched_signals();
  ::sigprocmask(SIG_BLOCK, &set, nullptr);
}

void supervise(const Task& task, const Environment& environment, const Supervision& supervision, Witness& witness,
               ExitRecord& record) {
  if (supervision.die_with_parent) ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  bind_to(task.cpus);
  Supervisor(task, supervision, witness, record).run(environment);
}

}  // namespace stune::trial
