/// \file Deaths among the ranks of one node, as the kernel tells them.
#pragma once

#include <map>
#include <vector>

#include "base/descriptor.hpp"
#include "runners/mpi_post.hpp"

namespace stune::mpi {

class NodeWatch {
 public:
  /// Watches the workers that run beside rank `me`, other than itself.
  NodeWatch(const Post& post, int me);
  bool watches(int rank) const { return watched_.contains(rank); }
  /// Readable while deaths() has news.
  int fd() const { return epoll_.get(); }
  /// Who has died since the last call, or before the first one.
  std::vector<int> deaths();

 private:
  Descriptor epoll_;
  std::map<int, Descriptor> watched_;  ///< pidfds by rank
  std::vector<int> dead_already_;
};

}  // namespace stune::mpi
