#include "runners/mpi_surroundings.hpp"

#include <algorithm>
#include <charconv>
#include <set>
#include <utility>

#include "runners/attempt_environment.hpp"

namespace stune::mpi {
namespace {

/// Of the step that the ranks are, not of the allocation: a step inside a trial would take them for its own.
bool is_steps(const std::string& name) {
  return begins_with_any(name, {"SLURM_STEP", "SLURM_PROCID", "SLURM_LOCALID", "SLURM_TASK_PID", "SLURM_SRUN_COMM",
                                "SLURM_LAUNCH_N", "SLURM_PMI", "SLURM_CPU_BIND", "SLURM_DISTRIBUTION"});
}

int number_or(const Environment& environment, const char* name, int value) {
  const auto found = environment.find(name);
  if (found != environment.end()) {
    std::from_chars(found->second.data(), found->second.data() + found->second.size(), value);
  }
  return value;
}

int number(const Environment& environment, const char* name) { return number_or(environment, name, 0); }

/// Whether no two of them share anything, and none has nothing.
template <class T>
bool disjoint(const std::vector<std::vector<T>>& all) {
  std::set<T> seen;
  for (const std::vector<T>& one : all) {
    if (one.empty()) return false;
    for (const T& item : one) {
      if (!seen.insert(item).second) return false;
    }
  }
  return true;
}

template <class T>
std::vector<T> united(const std::vector<std::vector<T>>& all) {
  std::vector<T> result;
  for (const std::vector<T>& one : all) {
    for (const T& item : one) {
      if (std::ranges::find(result, item) == result.end()) result.push_back(item);
    }
  }
  return result;
}

/// For each of those on one node: its own, or an equal part of what they have in common.
template <class T, class Part>
std::vector<std::vector<T>> shared_out(const std::vector<std::vector<T>>& all, int each, Part part) {
  std::vector<std::vector<T>> result;
  if (disjoint(all)) {
    for (const std::vector<T>& own : all)
      result.push_back(part(own, 1, each > 0 ? each : static_cast<int>(own.size()))[0]);
    return result;
  }
  std::vector<T> pool = united(all);
  std::ranges::sort(pool);
  const int equal = static_cast<int>(pool.size() / all.size());
  if (each == 0 && equal == 0) return std::vector<std::vector<T>>(all.size());
  return part(pool, static_cast<int>(all.size()), each > 0 ? each : equal);
}

std::vector<std::vector<int>> share_cpus(const std::vector<int>& pool, int slots, int each) {
  std::vector<std::vector<int>> result;
  for (Share& share : share_out({pool, {}}, {.slots = slots, .cpus_per_trial = each})) result.push_back(share.cpus);
  return result;
}

std::vector<std::vector<std::string>> share_gpus(const std::vector<std::string>& pool, int slots, int each) {
  std::vector<std::vector<std::string>> result;
  for (Share& share : share_out({{}, pool}, {.slots = slots, .gpus_per_trial = each})) result.push_back(share.gpus);
  return result;
}

int per_rank(int per_trial, std::size_t together) {
  const int ranks = static_cast<int>(together);
  return (per_trial + ranks - 1) / ranks;
}

}  // namespace

Launch launch_of(const Environment& environment) {
  if (const int ranks = number(environment, "OMPI_COMM_WORLD_SIZE"); ranks > 0) return {"mpirun", ranks, true};
  const int in_step = number(environment, "SLURM_STEP_NUM_TASKS");
  const bool pmi = environment.contains("PMIX_RANK") || environment.contains("PMI_RANK");
  if (pmi && in_step > 0) return {"srun", in_step, true};
  if (pmi) return {"mpirun", std::max(1, number(environment, "PMI_SIZE")), true};
  // In a batch script the variables of a step are there, too, but no rank: SLURM_STEP_ID is not.
  if (in_step > 1 && environment.contains("SLURM_STEP_ID") && environment.contains("SLURM_SRUN_COMM_HOST")) {
    return {"srun", in_step, false};
  }
  return {};
}

std::string advice_for_deaths(const Environment& environment) {
  const std::string launcher = launch_of(environment).launcher;
  if (launcher == "srun") {
    const bool for_nothing = environment.contains("PMIX_RANK");  // Slurm's plugin cancels the step in any case
    return for_nothing || number_or(environment, "SLURM_KILL_BAD_EXIT", 1) == 0 ? "" : "srun --kill-on-bad-exit=0";
  }
  if (number_or(environment, "OMPI_MCA_orte_enable_recovery", 0) != 0) return {};
  return launcher == "mpirun" ? "mpirun --enable-recovery (Open MPI)" : "";
}

std::string advice_for_signals(const Environment& environment) {
  const bool open_mpi = environment.contains("OMPI_COMM_WORLD_SIZE") && launch_of(environment).launcher == "mpirun";
  for (const char* const name : {"OMPI_MCA_odls_base_sigkill_timeout", "PRTE_MCA_odls_base_sigkill_timeout"}) {
    if (number(environment, name) > 1) return {};
  }
  return open_mpi ? "send SIGUSR1 to mpirun" : "";
}

Environment trial_environment(const Environment& saved, const Environment& own, bool inherit) {
  Environment result = settings_in(saved);
  for (const auto& [name, value] : own) {
    const bool allocations = is_allocations(name) && (inherit || !is_steps(name));
    if (allocations || is_nodes(name) || (inherit && is_launchers(name))) result[name] = value;
  }
  return result;
}

Share share_of(const std::vector<RankPlace>& ranks, std::size_t first, std::size_t together,
               const ShareRequest& request) {
  std::vector<std::vector<int>> cpus;
  std::vector<std::vector<std::string>> gpus;
  std::vector<std::size_t> ours;  // positions on the node of the trial's ranks
  for (std::size_t rank = 0; rank < ranks.size(); ++rank) {
    if (ranks[rank].host != ranks[first].host) continue;
    if (rank >= first && rank < first + together) ours.push_back(cpus.size());
    cpus.push_back(ranks[rank].may_use.cpus);
    gpus.push_back(ranks[rank].may_use.gpus);
  }
  const auto cpu_parts = shared_out(cpus, per_rank(request.cpus_per_trial, together), share_cpus);
  const auto gpu_parts = shared_out(gpus, per_rank(request.gpus_per_trial, together), share_gpus);
  Share share;
  for (const std::size_t place : ours) {
    share.cpus.insert(share.cpus.end(), cpu_parts[place].begin(), cpu_parts[place].end());
    share.gpus.insert(share.gpus.end(), gpu_parts[place].begin(), gpu_parts[place].end());
  }
  return share;
}

Environment rank_environment(const std::vector<RankPlace>& ranks, std::size_t first, std::size_t together, bool mpich) {
  std::vector<std::pair<std::string, int>> hosts;
  for (std::size_t rank = first; rank < first + together; ++rank) {
    if (hosts.empty() || hosts.back().first != ranks[rank].node) hosts.emplace_back(ranks[rank].node, 0);
    ++hosts.back().second;
  }
  std::string list;
  for (const auto& [host, count] : hosts) list += (list.empty() ? "" : ",") + host + ":" + std::to_string(count);
  const std::string count = std::to_string(together);
  const std::string program =
      mpich ? "mpiexec -n " + count + " -hosts " : "mpirun -n " + count + " --oversubscribe --bind-to none --host ";
  return {{"STUNE_RANKS", count}, {"STUNE_HOSTS", list}, {"STUNE_MPIRUN", program + list}, {"SLURM_OVERLAP", "1"}};
}

}  // namespace stune::mpi
