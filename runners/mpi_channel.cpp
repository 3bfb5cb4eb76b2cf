#include "runners/mpi_channel.hpp"

#include <mpi.h>
#include <sched.h>
#include <unistd.h>

#include <numeric>
#include <utility>

#include "stune/error.hpp"

namespace stune {
namespace {

constexpr int letters = 1;

/// mpirun binds each rank to a core or a socket; it itself is bound to what the batch system allows. Where the launcher
/// is no MPI one (srun), what we are bound to is what was asked for.
void undo_binding() {
  if (mpi::launch_of(current_environment()).launcher != "mpirun") return;
  constexpr std::size_t largest = 1 << 16;
  std::vector<cpu_set_t> mask(largest / CPU_SETSIZE);
  const std::size_t bytes = mask.size() * sizeof(cpu_set_t);
  if (::sched_getaffinity(::getppid(), bytes, mask.data()) < 0) return;
  ::sched_setaffinity(0, bytes, mask.data());
}

mpi::Introduction introduction() {
  const Environment environment = current_environment();
  const Share share = machine_share(environment);
  const auto node = environment.find("SLURMD_NODENAME");
  return {host_name(), node == environment.end() ? host_name() : node->second, share.cpus, share.gpus,
          identify(::getpid()).value_or(ProcessIdentity{})};
}

}  // namespace

struct MpiWorld::Channel::Sending {
  std::string bytes;
  MPI_Request request = MPI_REQUEST_NULL;
};

struct MpiWorld::Channel::Communicator {
  MPI_Comm all = MPI_COMM_NULL;
};

MpiWorld::Channel::Channel(int& argc, char**& argv) : communicator_(std::make_unique<Communicator>()) {
  undo_binding();
  int provided = MPI_THREAD_SINGLE;
  if (MPI_Init_thread(&argc, &argv, MPI_THREAD_FUNNELED, &provided) != MPI_SUCCESS) {
    throw RunnerError("MPI could not be initialized");
  }
  MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
  MPI_Comm_dup(MPI_COMM_WORLD, &communicator_->all);
  MPI_Comm_set_errhandler(communicator_->all, MPI_ERRORS_RETURN);
  MPI_Comm_rank(communicator_->all, &rank_);
  if (provided < MPI_THREAD_FUNNELED) {
    throw RunnerError("this MPI library allows no second thread (MPI_THREAD_FUNNELED), which computes candidates");
  }
  introduce();
}

/// Communicators stay: freeing one needs every rank, and one may be dead.
MpiWorld::Channel::~Channel() { MPI_Finalize(); }

void MpiWorld::Channel::introduce() {
  int size = 0;
  MPI_Comm_size(communicator_->all, &size);
  const std::string mine = mpi::encode(introduction());
  const int length = static_cast<int>(mine.size());
  std::vector<int> lengths(static_cast<std::size_t>(size));
  MPI_Allgather(&length, 1, MPI_INT, lengths.data(), 1, MPI_INT, communicator_->all);
  std::vector<int> offsets(lengths.size());
  std::exclusive_scan(lengths.begin(), lengths.end(), offsets.begin(), 0);
  std::string all(static_cast<std::size_t>(offsets.back() + lengths.back()), '\0');
  MPI_Allgatherv(mine.data(), length, MPI_BYTE, all.data(), lengths.data(), offsets.data(), MPI_BYTE,
                 communicator_->all);
  std::vector<mpi::Peer> peers;
  for (std::size_t i = 0; i < lengths.size(); ++i) {
    const auto one = mpi::decode(
        std::string_view(all).substr(static_cast<std::size_t>(offsets[i]), static_cast<std::size_t>(lengths[i])));
    const auto& told = std::get<mpi::Introduction>(one);
    peers.push_back({{told.host, {told.cpus, told.gpus}, told.node}, told.process});
  }
  know(std::move(peers));
}

std::vector<mpi::RankPlace> MpiWorld::Channel::workers() const {
  std::vector<mpi::RankPlace> result;
  for (int rank = 1; rank < size(); ++rank) result.push_back(peer(rank).place);
  return result;
}

bool MpiWorld::Channel::is_mpich() const {
  char text[MPI_MAX_LIBRARY_VERSION_STRING] = {};
  int length = 0;
  MPI_Get_library_version(text, &length);
  return std::string_view(text).find("Open MPI") == std::string_view::npos;
}

void MpiWorld::Channel::send(int rank, const mpi::Message& message) {
  if (is_given_up(rank)) return;
  Sending& sending = sending_.emplace_back(Sending{mpi::encode(message)});
  MPI_Isend(sending.bytes.data(), static_cast<int>(sending.bytes.size()), MPI_BYTE, rank, letters, communicator_->all,
            &sending.request);
  all_sent();
}

bool MpiWorld::Channel::all_sent() {
  std::erase_if(sending_, [](Sending& one) {
    int done = 0;
    return MPI_Test(&one.request, &done, MPI_STATUS_IGNORE) != MPI_SUCCESS || done != 0;
  });
  return sending_.empty();
}

std::optional<mpi::Letter> MpiWorld::Channel::receive() {
  int found = 0;
  MPI_Status status;
  if (MPI_Iprobe(MPI_ANY_SOURCE, letters, communicator_->all, &found, &status) != MPI_SUCCESS || found == 0) {
    return std::nullopt;
  }
  int length = 0;
  MPI_Get_count(&status, MPI_BYTE, &length);
  buffer_.resize(static_cast<std::size_t>(length));
  const int error = MPI_Recv(buffer_.data(), length, MPI_BYTE, status.MPI_SOURCE, letters, communicator_->all, &status);
  if (error != MPI_SUCCESS) return std::nullopt;
  return mpi::Letter{status.MPI_SOURCE, mpi::decode(buffer_)};
}

int MpiWorld::Channel::unite(int first, int count) {
  MPI_Group all = MPI_GROUP_NULL;
  MPI_Group some = MPI_GROUP_NULL;
  int range[1][3] = {{first, first + count - 1, 1}};
  MPI_Comm united = MPI_COMM_NULL;
  MPI_Comm_group(communicator_->all, &all);
  MPI_Group_range_incl(all, 1, range, &some);
  MPI_Comm_create_group(communicator_->all, some, letters + 1, &united);
  MPI_Group_free(&some);
  MPI_Group_free(&all);
  return MPI_Comm_c2f(united);
}

}  // namespace stune
