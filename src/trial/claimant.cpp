#include <unistd.h>

#include <charconv>

#include "base/random.hpp"
#include "trial/claim.hpp"

namespace stune {
namespace {

std::string variable(const Environment& environment, const char* name) {
  const auto found = environment.find(name);
  return found == environment.end() ? std::string() : found->second;
}

/// 0 where there is none.
int number(const Environment& environment, const char* name) {
  const std::string text = variable(environment, name);
  int result = 0;
  std::from_chars(text.data(), text.data() + text.size(), result);
  return result;
}

}  // namespace

Claimant make_claimant(const Environment& environment) {
  Claimant claimant;
  claimant.host = host_name();
  claimant.process = identify(::getpid()).value_or(ProcessIdentity{::getpid(), 0, {}});
  claimant.nonce = random_name(16);
  const std::string cluster = variable(environment, "SLURM_CLUSTER_NAME") + ":";
  const std::string array = variable(environment, "SLURM_ARRAY_JOB_ID");
  const std::string job = variable(environment, "SLURM_JOB_ID");
  if (job.empty()) {
    claimant.job = "local:" + claimant.host + ":" + std::to_string(claimant.process.pid);
    return claimant;
  }
  // As Slurm calls it: what sacct shows and --exclude understands.
  if (const std::string node = variable(environment, "SLURMD_NODENAME"); !node.empty()) claimant.host = node;
  const std::string index = variable(environment, "SLURM_ARRAY_TASK_ID");
  claimant.job = cluster + (array.empty() || index.empty() ? job : array + "_" + index);
  claimant.restart = number(environment, "SLURM_RESTART_COUNT");
  claimant.nodes = number(environment, "SLURM_JOB_NUM_NODES");
  return claimant;
}

}  // namespace stune
