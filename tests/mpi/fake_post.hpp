// Ranks that exist on paper only: what is sent to them is kept, and tests speak for them.
#pragma once

#include <algorithm>
#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "runners/mpi_post.hpp"

namespace stune::mpi {

class FakePost : public Post {
 public:
  /// Rank 0 on `here`; one worker rank for each of `hosts`. No process is anybody's.
  explicit FakePost(const std::string& here, const std::vector<std::string>& hosts) {
    std::vector<Peer> peers{{{.host = here, .may_use = {}, .node = here}, {}}};
    for (const std::string& host : hosts) {
      Peer peer{{.host = host, .may_use = {}, .node = host}, {}};
      peer.process.boot_id = "another kernel";
      peers.push_back(peer);
    }
    know(std::move(peers));
  }

  void send(int rank, const Message& message) override {
    if (!is_given_up(rank)) sent_.push_back({rank, message});
  }
  std::optional<Letter> receive() override {
    if (inbox_.empty()) return std::nullopt;
    Letter letter = std::move(inbox_.front());
    inbox_.pop_front();
    return letter;
  }
  bool all_sent() override { return true; }

  void say(int rank, Message message) { inbox_.push_back({rank, std::move(message)}); }
  /// All of a kind that were sent to `rank`, which are then forgotten.
  template <class T>
  std::vector<T> take(int rank) {
    std::vector<T> taken;
    std::erase_if(sent_, [&](const std::pair<int, Message>& one) {
      const T* message = one.first == rank ? std::get_if<T>(&one.second) : nullptr;
      if (message) taken.push_back(*message);
      return message != nullptr;
    });
    return taken;
  }

 private:
  std::deque<Letter> inbox_;
  std::vector<std::pair<int, Message>> sent_;
};

}  // namespace stune::mpi
