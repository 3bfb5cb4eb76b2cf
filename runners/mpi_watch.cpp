#include "runners/mpi_watch.hpp"

#include <sys/epoll.h>

#include <array>
#include <utility>

namespace stune::mpi {

NodeWatch::NodeWatch(const Post& post, int me) : epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
  for (int rank = 1; rank < post.size(); ++rank) {
    const Peer& peer = post.peer(rank);
    if (rank == me || !peer.is_beside(post.peer(me))) continue;
    Descriptor pidfd(open_pidfd(peer.process.pid));
    if (!is_alive(peer.process)) {
      dead_already_.push_back(rank);
      continue;
    }
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = static_cast<std::uint64_t>(rank);
    if (pidfd && ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, pidfd.get(), &event) == 0) watched_[rank] = std::move(pidfd);
  }
}

std::vector<int> NodeWatch::deaths() {
  std::vector<int> dead = std::exchange(dead_already_, {});
  std::array<epoll_event, 16> events;
  const int count = ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), 0);
  for (int i = 0; i < count; ++i) {
    const int rank = static_cast<int>(events[static_cast<std::size_t>(i)].data.u64);
    const auto pidfd = watched_.find(rank);
    if (pidfd == watched_.end()) continue;
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, pidfd->second.get(), nullptr);
    watched_.erase(pidfd);
    dead.push_back(rank);
  }
  return dead;
}

}  // namespace stune::mpi
