#include "base/commands.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <map>

#include "base/clock.hpp"
#include "base/descriptor.hpp"
#include "base/wakeup.hpp"
#include "stune/error.hpp"

namespace stune {
namespace {

/// Time that no administrator and no NTP server can set.
using Steady = std::chrono::steady_clock;

constexpr std::size_t output_limit = std::size_t{16} << 20;
constexpr Seconds kill_grace{5};  ///< how long a killed process may stay in the kernel before it is given up

struct Running {
  pid_t pid = 0;
  Descriptor process, output, error;
  Steady::time_point started{};
  Steady::time_point deadline{};
  bool ended = false;
  CommandResult result;
};

/// Reads what is there. False once the other side is closed.
bool drain(int fd, std::string& text, bool& truncated) {
  char buffer[65536];
  while (true) {
    const ssize_t got = ::read(fd, buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return errno == EAGAIN;
    if (got == 0) return false;
    const std::size_t room = output_limit - text.size();
    truncated = truncated || static_cast<std::size_t>(got) > room;
    text.append(buffer, std::min(static_cast<std::size_t>(got), room));
  }
}

/// The input as a file: no pipe to fill while the command runs, and no SIGPIPE if it does not read it.
Descriptor input_file(const std::string& text) {
  Descriptor file(::memfd_create("stune-input", MFD_CLOEXEC));
  std::size_t done = 0;
  while (file && done < text.size()) {
    const ssize_t written = ::write(file.get(), text.data() + done, text.size() - done);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return Descriptor();
    done += static_cast<std::size_t>(written);
  }
  if (file) ::lseek(file.get(), 0, SEEK_SET);
  return file;
}

bool make_pipe(Descriptor& read_end, Descriptor& write_end) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return false;
  read_end = Descriptor(ends[0]);
  write_end = Descriptor(ends[1]);
  return ::fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0;  // our end only: the command's stays as programs expect it
}

/// Fills in how it ended. False while it runs.
bool reap(pid_t pid, CommandResult& result) {
  int status = 0;
  const pid_t got = ::waitpid(pid, &status, WNOHANG);
  if (got == 0 || (got < 0 && errno == EINTR)) return false;
  if (got < 0) {
    result.exit_code = 127;
    result.error += "its exit status is not known: this process ignores SIGCHLD or somebody else waited for it\n";
  } else if (WIFEXITED(status)) {
    result.exit_code = WEXITSTATUS(status);
  } else {
    result.signal = WTERMSIG(status);
  }
  return true;
}

class ChildCommands : public Commands {
 public:
  explicit ChildCommands(Clock& clock) : clock_(clock), epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
    if (!epoll_) throw Error(ExitCode::failure, std::string("cannot create an epoll: ") + std::strerror(errno));
    watch(wakeup_.fd());
  }
  ~ChildCommands() override;
  ChildCommands(const ChildCommands&) = delete;
  ChildCommands& operator=(const ChildCommands&) = delete;

  CommandId start(CommandCall call) override;
  std::vector<std::pair<CommandId, CommandResult>> finished() override;
  int wake_fd() const override { return epoll_.get(); }
  TimePoint next_deadline() const override;

 private:
  int try_start(const CommandCall& call, Running& running);
  void look_at(Running& running, Steady::time_point now);
  void watch(int fd);
  void unwatch(Descriptor& fd);

  Clock& clock_;
  Descriptor epoll_;
  Wakeup wakeup_;
  CommandId last_ = 0;
  std::map<CommandId, Running> running_;
  std::vector<std::pair<CommandId, CommandResult>> refused_;  ///< could not be started
  std::vector<pid_t> unreaped_;                               ///< killed, but still in the kernel when given up
};

ChildCommands::~ChildCommands() {
  for (auto& [id, running] : running_) ::kill(-running.pid, SIGKILL);
  for (auto& [id, running] : running_) {
    pollfd end{running.process.get(), POLLIN, 0};
    ::poll(&end, 1, 1000);  // a process that hangs in the kernel must not hang us
    CommandResult ignored;
    reap(running.pid, ignored);
  }
}

CommandId ChildCommands::start(CommandCall call) {
  const CommandId id = ++last_;
  Running running;
  running.started = Steady::now();
  running.deadline = running.started + std::chrono::duration_cast<Steady::duration>(call.timeout);
  if (const int error = try_start(call, running)) {
    CommandResult result;
    result.exit_code = 127;
    result.could_not_start = error;
    result.error = "cannot start " + (call.arguments.empty() ? std::string("nothing") : call.arguments.front()) + ": " +
                   std::strerror(error);
    refused_.emplace_back(id, std::move(result));
    wakeup_.notify();
  } else {
    running_.emplace(id, std::move(running));
  }
  return id;
}

int ChildCommands::try_start(const CommandCall& call, Running& running) {
  Descriptor output;
  Descriptor error;
  Descriptor input;
  if (!make_pipe(running.output, output) || !make_pipe(running.error, error)) return errno;
  if (!call.input.empty()) {
    input = input_file(call.input);
    if (!input) return errno;
  }
  SpawnOptions options;
  options.arguments = call.arguments;
  options.environment = call.environment;
  options.standard_input = input.get();
  options.standard_output = output.get();
  options.standard_error = error.get();
  if (const int failure = spawn(options, running.pid)) return failure;
  running.process = Descriptor(open_pidfd(running.pid));
  watch(running.output.get());
  watch(running.error.get());
  watch(running.process.get());
  return 0;
}

void ChildCommands::watch(int fd) {
  epoll_event event{};
  event.events = EPOLLIN;
  if (fd >= 0) ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event);
}

void ChildCommands::unwatch(Descriptor& fd) {
  // Closing alone leaves the registration alive while a child still holds the same open file.
  if (fd) ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd.get(), nullptr);
  fd.reset();
}

void ChildCommands::look_at(Running& running, Steady::time_point now) {
  CommandResult& result = running.result;
  // Before the pipes: what was written before the end is in them by then. A grandchild that holds them is not waited
  // for.
  running.ended = reap(running.pid, result);
  if (running.output && !drain(running.output.get(), result.output, result.truncated)) unwatch(running.output);
  if (running.error && !drain(running.error.get(), result.error, result.truncated)) unwatch(running.error);
  if (!running.ended && now >= running.deadline) {
    if (result.timed_out) {
      unreaped_.push_back(running.pid);
      running.ended = true;
    } else {
      ::kill(-running.pid, SIGKILL);
      result.timed_out = true;
      running.deadline = now + std::chrono::duration_cast<Steady::duration>(kill_grace);
    }
  }
  if (!running.ended) return;
  result.elapsed = now - running.started;
  unwatch(running.output);
  unwatch(running.error);
  unwatch(running.process);
}

std::vector<std::pair<CommandId, CommandResult>> ChildCommands::finished() {
  wakeup_.drain();
  std::vector<std::pair<CommandId, CommandResult>> results = std::exchange(refused_, {});
  const Steady::time_point now = Steady::now();
  for (auto it = running_.begin(); it != running_.end();) {
    look_at(it->second, now);
    if (it->second.ended) results.emplace_back(it->first, std::move(it->second.result));
    it = it->second.ended ? running_.erase(it) : std::next(it);
  }
  std::erase_if(unreaped_, [](pid_t pid) {
    CommandResult ignored;
    return reap(pid, ignored);
  });
  return results;
}

TimePoint ChildCommands::next_deadline() const {
  if (!refused_.empty()) return clock_.now();
  if (running_.empty()) return TimePoint::max();
  constexpr auto tick = std::chrono::milliseconds(50);  // where the kernel has no pidfd
  const Steady::time_point now = Steady::now();
  Steady::time_point first = Steady::time_point::max();
  for (const auto& [id, running] : running_) {
    first = std::min(first, running.process ? running.deadline : std::min(running.deadline, now + tick));
  }
  return clock_.now() + std::chrono::ceil<std::chrono::microseconds>(std::max(first - now, Steady::duration(0)));
}

}  // namespace

std::unique_ptr<Commands> make_child_commands(Clock& clock) { return std::make_unique<ChildCommands>(clock); }

}  // namespace stune
