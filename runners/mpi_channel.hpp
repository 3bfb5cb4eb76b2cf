/// \file The one place that calls MPI: messages between ranks, none of which waits for another.
#pragma once

#include <algorithm>
#include <chrono>
#include <list>
#include <optional>
#include <string>
#include <vector>

#include "runners/mpi_message.hpp"
#include "runners/mpi_surroundings.hpp"

namespace stune::mpi {

/// MPI has no descriptor to wait for: how long to look away after a silence, an eighth of it.
inline std::chrono::microseconds pause_after(std::chrono::microseconds silence,
                                             std::chrono::microseconds longest = std::chrono::milliseconds(5)) {
  return std::clamp(silence / 8, std::chrono::microseconds(50), longest);
}

/// A rank as all others know it.
struct Peer {
  RankPlace place;
  ProcessIdentity process;
};

struct Letter {
  int from = 0;
  Message message;
};

}  // namespace stune::mpi

namespace stune {

/// Errors of MPI are returned, not fatal: whether a peer lives is found out by other means. One thread.
class MpiWorld::Channel {
 public:
  /// Collective. Undoes what mpirun binds a rank to: what trials are bound to is our business.
  Channel(int& argc, char**& argv);
  /// Collective among those that live.
  ~Channel();
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  int rank() const { return rank_; }
  int size() const { return static_cast<int>(peers_.size()); }
  const std::vector<mpi::Peer>& peers() const { return peers_; }
  /// The workers' part of peers(): ranks 1, 2, ...
  std::vector<mpi::RankPlace> workers() const;
  bool is_mpich() const;

  /// Returns at once. Nothing is sent to a rank that was given up: Open MPI may end us for it.
  void send(int rank, const mpi::Message& message);
  void give_up(int rank) { given_up_[static_cast<std::size_t>(rank)] = true; }
  bool is_given_up(int rank) const { return given_up_[static_cast<std::size_t>(rank)]; }
  /// The next message that is there, from anyone.
  std::optional<mpi::Letter> receive();
  /// Lets go of what has been sent. True if all of it has.
  bool all_sent();

  /// A communicator of the ranks [first, first + count), as MPI_Comm_c2f() has it; collective among them.
  int unite(int first, int count);

 private:
  struct Sending;

  void introduce();

  int rank_ = 0;
  std::vector<mpi::Peer> peers_;
  std::vector<bool> given_up_;
  std::list<Sending> sending_;
  std::string buffer_;
  struct Communicator;
  std::unique_ptr<Communicator> communicator_;
};

}  // namespace stune
