#include "h5/reader.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>

namespace stune::h5 {
namespace {

using Time = std::chrono::steady_clock::time_point;
constexpr std::chrono::seconds patience{2};
constexpr unsigned suicide_seconds = 10;
constexpr std::uint64_t longest_message = 1ULL << 28U;

/// Messages are sequences of numbers and texts, between two processes of the same program.
class Message {
 public:
  Message() = default;
  explicit Message(std::string bytes) : bytes_(std::move(bytes)) {}
  const std::string& bytes() const { return bytes_; }

  void put(std::uint64_t number) { bytes_.append(reinterpret_cast<const char*>(&number), sizeof number); }
  void put(const std::string& text) {
    put(text.size());
    bytes_ += text;
  }
  void put(const std::vector<double>& values) {
    put(values.size());
    bytes_.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(double));
  }
  std::uint64_t number() {
    std::uint64_t result = 0;
    std::memcpy(&result, bytes_.data() + at_, sizeof result);
    at_ += sizeof result;
    return result;
  }
  std::string text() {
    const std::uint64_t size = number();
    at_ += size;
    return bytes_.substr(at_ - size, size);
  }
  std::vector<double> values() {
    std::vector<double> result(number());
    if (!result.empty()) std::memcpy(result.data(), bytes_.data() + at_, result.size() * sizeof(double));
    at_ += result.size() * sizeof(double);
    return result;
  }

 private:
  std::string bytes_;
  std::size_t at_ = 0;
};

void put_failure(Message& message, const Failure& failure) {
  message.put(static_cast<std::uint64_t>(failure.problem));
  message.put(failure.detail);
}

Failure take_failure(Message& message) {
  const auto problem = static_cast<Problem>(message.number());
  return {problem, message.text()};
}

Message answer_to(Message request) {
  Message answer;
  auto opened = open(request.text());
  const auto* failure = std::get_if<Failure>(&opened);
  answer.put(std::uint64_t{failure != nullptr});
  if (failure != nullptr) {
    put_failure(answer, *failure);
    return answer;
  }
  const File& file = std::get<File>(opened);
  const auto names = file.names();
  answer.put(names.size());
  for (const std::string& name : names) answer.put(name);
  const std::uint64_t count = request.number();
  answer.put(count);
  for (std::uint64_t i = 0; i < count; ++i) {
    auto object = file.read(request.text());
    const auto* numbers = std::get_if<Numbers>(&object);
    answer.put(std::uint64_t{numbers == nullptr});
    if (numbers == nullptr) {
      put_failure(answer, std::get<Failure>(object));
    } else {
      answer.put(std::uint64_t{numbers->is_scalar});
      answer.put(numbers->values);
    }
  }
  return answer;
}

Answer decode(Message message) {
  Answer answer;
  if (message.number() != 0) {
    answer.failure = take_failure(message);
    return answer;
  }
  for (std::uint64_t left = message.number(); left > 0; --left) answer.names.push_back(message.text());
  for (std::uint64_t left = message.number(); left > 0; --left) {
    if (message.number() != 0) {
      answer.objects.emplace_back(take_failure(message));
    } else {
      const bool is_scalar = message.number() != 0;
      answer.objects.emplace_back(Numbers{is_scalar, message.values()});
    }
  }
  return answer;
}

/// False at the end of the stream, after an error, or at `until`.
bool transfer(int fd, char* bytes, std::size_t count, bool sending, std::optional<Time> until) {
  while (count > 0) {
    pollfd source{fd, static_cast<short>(sending ? POLLOUT : POLLIN), 0};
    int timeout = -1;
    if (until) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(*until - std::chrono::steady_clock::now());
      if (left.count() <= 0) return false;
      timeout = static_cast<int>(left.count());
    }
    if (::poll(&source, 1, timeout) < 0 && errno != EINTR) return false;
    if (source.revents == 0) continue;
    const ssize_t moved =
        sending ? ::send(fd, bytes, count, MSG_NOSIGNAL | MSG_DONTWAIT) : ::recv(fd, bytes, count, MSG_DONTWAIT);
    if (moved < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (moved <= 0) return false;
    bytes += moved;
    count -= static_cast<std::size_t>(moved);
  }
  return true;
}

bool send_message(int fd, const Message& message, std::optional<Time> until) {
  std::uint64_t size = message.bytes().size();
  std::string bytes(reinterpret_cast<const char*>(&size), sizeof size);
  bytes += message.bytes();
  return transfer(fd, bytes.data(), bytes.size(), true, until);
}

std::optional<Message> receive_message(int fd, std::optional<Time> until) {
  std::uint64_t size = 0;
  if (!transfer(fd, reinterpret_cast<char*>(&size), sizeof size, false, until)) return std::nullopt;
  if (size > longest_message) return std::nullopt;
  std::string bytes(size, '\0');
  if (!transfer(fd, bytes.data(), bytes.size(), false, until)) return std::nullopt;
  return Message(std::move(bytes));
}

/// The other process must hold nothing of its parent's: neither files nor the end of a pipe.
void keep_only(int fd) {
  std::vector<int> open_ones;
  if (DIR* list = ::opendir("/proc/self/fd")) {
    while (const dirent* entry = ::readdir(list)) open_ones.push_back(std::atoi(entry->d_name));
    ::closedir(list);
  }
  for (const int other : open_ones) {
    if (other > 2 && other != fd) ::close(other);
  }
  const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  for (int standard = 0; null >= 0 && standard < 3; ++standard) ::dup2(null, standard);
}

[[noreturn]] void serve(int fd) {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2}) ::signal(signal, SIG_IGN);
  for (const int signal : {SIGSEGV, SIGBUS, SIGFPE, SIGABRT, SIGALRM}) ::signal(signal, SIG_DFL);
  keep_only(fd);
  initialise();
  while (auto request = receive_message(fd, std::nullopt)) {
    ::alarm(suicide_seconds);  // should the parent have died meanwhile, nobody else stops a library that loops
    const Message answer = answer_to(std::move(*request));
    ::alarm(0);
    if (!send_message(fd, answer, std::nullopt)) break;
  }
  ::_exit(0);
}

Answer failed(Problem problem, std::string detail) {
  Answer answer;
  answer.failure = Failure{problem, std::move(detail)};
  return answer;
}

}  // namespace

void Reader::start() {
  if (pid_ > 0) return;
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) return;
  channel_ = Descriptor(ends[0]);
  Descriptor other(ends[1]);
  pid_ = ::fork();
  if (pid_ == 0) serve(other.get());
  if (pid_ < 0) channel_.reset();
}

void Reader::stop() {
  if (pid_ > 0) {
    ::kill(pid_, SIGKILL);
    while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
    }
  }
  pid_ = -1;
  channel_.reset();
}

Answer Reader::read(const std::filesystem::path& path, const std::vector<std::string>& objects) {
  start();
  if (pid_ < 0) return failed(Problem::too_slow, "no process can be started to read it");
  Message request;
  request.put(path.string());
  request.put(objects.size());
  for (const std::string& object : objects) request.put(object);
  const Time until = std::chrono::steady_clock::now() + patience;
  const bool sent = send_message(channel_.get(), request, until);
  auto reply = sent ? receive_message(channel_.get(), until) : std::nullopt;
  if (reply) return decode(std::move(*reply));
  const bool in_time = std::chrono::steady_clock::now() < until;
  stop();
  if (in_time) return failed(Problem::unreadable, "damaged: the HDF5 library crashes on it");
  return failed(Problem::too_slow, "damaged or on a very slow file system: reading it does not come to an end");
}

}  // namespace stune::h5
