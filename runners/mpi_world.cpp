#include <unistd.h>

#include <algorithm>
#include <csignal>

#include "base/clock.hpp"
#include "runners/mpi_channel.hpp"
#include "runners/mpi_worker.hpp"
#include "stune/error.hpp"

namespace stune {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr milliseconds look_interval{5};
constexpr seconds silence{60};          // of a rank on another node, which else beats every other second
constexpr unsigned finalize_limit = 5;  // seconds

/// A rank that died may keep MPI_Finalize of the others waiting for ever.
extern "C" void end_at_once(int) { ::_exit(0); }

void limit_finalize() {
  std::signal(SIGALRM, end_at_once);
  ::alarm(finalize_limit);
}

/// Rank 0, in the end: workers finish what they run. True if all are well.
bool dismiss(MpiWorld::Channel& channel) {
  SystemClock clock;
  std::vector<TimePoint> heard(static_cast<std::size_t>(channel.size()), clock.now());
  std::vector<bool> gone(heard.size(), false);
  bool all_well = true;
  for (int rank = 1; rank < channel.size(); ++rank) {
    channel.send(rank, mpi::Quit{});
    if (channel.is_given_up(rank)) gone[static_cast<std::size_t>(rank)] = true, all_well = false;
  }
  const mpi::Peer& me = channel.peers()[0];
  gone[0] = true;
  for (TimePoint next_look{}; std::ranges::find(gone, false) != gone.end();) {
    const TimePoint now = clock.now();
    while (const auto letter = channel.receive()) {
      const auto rank = static_cast<std::size_t>(letter->from);
      heard[rank] = now;
      if (std::holds_alternative<mpi::Bye>(letter->message)) gone[rank] = true;
    }
    channel.all_sent();
    if (now >= next_look) {
      next_look = now + milliseconds(200);
      for (std::size_t rank = 1; rank < gone.size(); ++rank) {
        const mpi::Peer& peer = channel.peers()[rank];
        if (gone[rank] || (peer.is_beside(me) ? is_alive(peer.process) : now - heard[rank] < silence)) continue;
        channel.give_up(static_cast<int>(rank));
        gone[rank] = true;
        all_well = false;
      }
    }
    clock.wait({}, now + look_interval);
  }
  for (int rank = 1; rank < channel.size(); ++rank) channel.send(rank, mpi::Leave{!all_well});
  return all_well;
}

}  // namespace

MpiWorld::MpiWorld(int& argc, char**& argv) : channel_(std::make_unique<Channel>(argc, argv)) {}

MpiWorld::~MpiWorld() {
  if (!is_worker() && !dismiss(*channel_)) limit_finalize();
}

bool MpiWorld::is_worker() const { return channel_->rank() > 0; }

int MpiWorld::workers() const { return channel_->size() - 1; }

int MpiWorld::work(const MpiFunction& function) {
  const auto parting = mpi::Worker(*channel_, function).run();
  if (parting == mpi::Worker::Parting::orphaned) ::_exit(static_cast<int>(ExitCode::interrupted));
  if (parting == mpi::Worker::Parting::somebody_died) limit_finalize();
  return static_cast<int>(ExitCode::success);
}

void MpiWorld::wind_down() noexcept { mpi::Worker::wind_down(); }

}  // namespace stune
