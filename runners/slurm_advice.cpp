#include "runners/slurm_advice.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace stune::slurm {
namespace {

/// By what the reason begins with; the first that fits counts. Some versions of Slurm write '_' for ' '.
constexpr std::array<std::pair<std::string_view, std::string_view>, 24> advices{{
    {"PartitionConfig", "no node of its partition can ever run it: ask for less, or choose another --partition"},
    {"PartitionTimeLimit", "its --time is above the partition's limit: ask for less, or choose another --partition"},
    {"PartitionNodeLimit", "it wants more nodes than its partition allows: change --nodes or --partition"},
    {"PartitionDown", "its partition takes no jobs now; wait, or choose another --partition"},
    {"PartitionInactive", "its partition starts no jobs now; wait, or choose another --partition"},
    {"DependencyNeverSatisfied", "it will never start: remove --dependency and cancel it"},
    {"Dependency", "it waits for another job, as --dependency says"},
    {"JobHeldUser", "it is held: release it with scontrol release JOB, or cancel it"},
    {"JobHeldAdmin", "an administrator holds it: ask why"},
    {"job requeued in held state", "it is held after a requeue: release it with scontrol release JOB, or cancel it"},
    {"launch failed requeued held",
     "its node could not start it and it is held: cancel it, and tell the administrators"},
    {"JobHoldMaxRequeue", "it was requeued too often and is held: scontrol release JOB, or cancel it"},
    {"BeginTime", "it may start later only: see --begin, or a requeue that waits two minutes"},
    {"InvalidAccount", "its account cannot be used: check --account"},
    {"InvalidQOS", "its quality of service cannot be used: check --qos"},
    {"AccountNotAllowed", "its partition refuses the account: check --account and --partition"},
    {"ReqNodeNotAvail", "nodes that it needs are down or reserved: wait, or ask for less or other ones"},
    {"Nodes required for job are DOWN, DRAINED or reserved",
     "nodes that it needs are down or reserved: wait, or ask for less or other ones"},
    {"ReservationDeleted", "its reservation is gone: cancel it, and check --reservation"},
    {"Reservation", "it waits for its reservation"},
    {"Licenses", "it waits for a licence"},
    {"BadConstraints", "no node has what it asks for: check --constraint, --gres and --mem"},
    {"QOS",
     "a limit of its quality of service: it starts when other jobs have ended; a lower --parallel avoids the queue"},
    {"Assoc", "a limit of its account: it starts when other jobs have ended, or never if the budget is used up"},
}};

}  // namespace

bool is_usual(const std::string& reason) {
  return reason.empty() || reason == "None" || reason == "Priority" || reason == "Resources";
}

std::string advice(const std::string& reason) {
  std::string words = reason;
  std::replace(words.begin(), words.end(), '_', ' ');
  for (const auto& [beginning, text] : advices) {
    if (words.starts_with(beginning)) return std::string(text);
  }
  return {};
}

}  // namespace stune::slurm
