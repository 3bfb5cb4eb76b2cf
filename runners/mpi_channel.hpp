/// \file The one place that calls MPI: messages between ranks, none of which waits for another.
#pragma once

#include <list>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runners/mpi_post.hpp"

namespace stune {

/// Errors of MPI are returned, not fatal: whether a peer lives is found out by other means. One thread.
class MpiWorld::Channel : public mpi::Post {
 public:
  /// Collective. Undoes what mpirun binds a rank to: what trials are bound to is our business.
  Channel(int& argc, char**& argv);
  /// Collective among those that live.
  ~Channel() override;
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  int rank() const { return rank_; }
  /// The workers' part of peers(): ranks 1, 2, ...
  std::vector<mpi::RankPlace> workers() const;
  bool is_mpich() const;

  /// Open MPI may end us for what is sent to the dead.
  void send(int rank, const mpi::Message& message) override;
  std::optional<mpi::Letter> receive() override;
  bool all_sent() override;

  /// A communicator of the ranks [first, first + count), as MPI_Comm_c2f() has it; collective among them.
  int unite(int first, int count);

 private:
  struct Sending;

  void introduce();

  int rank_ = 0;
  std::list<Sending> sending_;
  std::string buffer_;
  struct Communicator;
  std::unique_ptr<Communicator> communicator_;
};

}  // namespace stune
