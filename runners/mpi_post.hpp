/// \file Messages between ranks, as those see them that send and receive; and which ranks are known to be dead.
#pragma once

#include <algorithm>
#include <chrono>
#include <optional>
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

  /// Whether they are processes of one kernel, so that each can see whether the other one lives.
  bool is_beside(const Peer& other) const {
    return process.boot_id == other.process.boot_id && place.host == other.place.host;
  }
};

struct Letter {
  int from = 0;
  Message message;
};

/// No call waits for another rank. One thread.
class Post {
 public:
  virtual ~Post() = default;
  /// Returns at once. Nothing is sent to a rank that was given up.
  virtual void send(int rank, const Message& message) = 0;
  /// The next message that is there, from anyone.
  virtual std::optional<Letter> receive() = 0;
  /// Lets go of what has been sent. True if all of it has.
  virtual bool all_sent() = 0;

  /// All ranks; 0 coordinates, the others work.
  const std::vector<Peer>& peers() const { return peers_; }
  const Peer& peer(int rank) const { return peers_[static_cast<std::size_t>(rank)]; }
  int size() const { return static_cast<int>(peers_.size()); }
  void give_up(int rank) { given_up_[static_cast<std::size_t>(rank)] = true; }
  bool is_given_up(int rank) const { return given_up_[static_cast<std::size_t>(rank)]; }

 protected:
  void know(std::vector<Peer> peers) {
    peers_ = std::move(peers);
    given_up_.assign(peers_.size(), false);
  }

 private:
  std::vector<Peer> peers_;
  std::vector<bool> given_up_;
};

}  // namespace stune::mpi
