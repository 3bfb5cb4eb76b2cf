#include "runners/process_watch.hpp"

#include <signal.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "stune/error.hpp"

namespace stune {
namespace {

std::uint64_t pack(AttemptId id) {
  return (static_cast<std::uint64_t>(static_cast<std::uint32_t>(id.trial)) << 32) |
         static_cast<std::uint32_t>(id.attempt);
}

AttemptId unpack(std::uint64_t key) { return {static_cast<int>(key >> 32), static_cast<int>(key & 0xffffffffU)}; }

}  // namespace

ProcessWatch::ProcessWatch() : epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
  if (!epoll_) throw RunnerError("cannot watch processes: " + std::string(std::strerror(errno)));
}

void ProcessWatch::add(AttemptId key, pid_t process) {
  Descriptor pidfd(open_pidfd(process));
  if (pidfd) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = pack(key);
    if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, pidfd.get(), &event) == 0) {
      watched_[key] = std::move(pidfd);
      return;
    }
  }
  if (const auto identity = identify(process)) {
    unwatched_[key] = *identity;
  } else {
    gone_.push_back(key);
  }
}

void ProcessWatch::remove(AttemptId key) {
  if (const auto found = watched_.find(key); found != watched_.end()) {
    // A copy of the descriptor in a child would keep it in the epoll set after our close.
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, found->second.get(), nullptr);
    watched_.erase(found);
  }
  unwatched_.erase(key);
  std::erase(gone_, key);
}

std::vector<AttemptId> ProcessWatch::ended() {
  std::vector<AttemptId> keys = std::exchange(gone_, {});
  std::array<epoll_event, 64> events;
  const int count = ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), 0);
  for (int i = 0; i < count; ++i) keys.push_back(unpack(events[static_cast<std::size_t>(i)].data.u64));
  for (const auto& [key, identity] : unwatched_) {
    if (!is_alive(identity)) keys.push_back(key);
  }
  for (const AttemptId key : keys) remove(key);
  return keys;
}

bool ProcessWatch::signal(AttemptId key, int number) {
  if (const auto found = watched_.find(key); found != watched_.end()) {
    return ::syscall(SYS_pidfd_send_signal, found->second.get(), number, nullptr, 0U) == 0;
  }
  const auto found = unwatched_.find(key);
  return found != unwatched_.end() && is_alive(found->second) && ::kill(found->second.pid, number) == 0;
}

}  // namespace stune
