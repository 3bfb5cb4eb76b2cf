#include "runners/local_verdict.hpp"

#include <sys/wait.h>

#include <cstring>

namespace stune {
namespace {

std::string how_it_went(const std::optional<int>& status) {
  if (!status) return "vanished";
  if (WIFSIGNALED(*status)) {
    const int number = WTERMSIG(*status);
    return "was killed by signal " + std::to_string(number) + " (" + ::strsignal(number) + ")";
  }
  return "ended with exit code " + std::to_string(WEXITSTATUS(*status));
}

Ending without_record(const LocalEvidence& evidence) {
  Ending ending;
  ending.host = evidence.host;
  ending.cause = evidence.claimed || evidence.stop_asked ? Cause::lost : Cause::launch_failure;
  ending.detail = "the node program " + how_it_went(evidence.wait_status) +
                  (evidence.claimed ? " and left no exit record" : " before it began the attempt");
  return ending;
}

/// A command that ended by its own will just before our stop reached it keeps its result.
bool from_outside(Cause cause) { return cause == Cause::interrupted || cause == Cause::signal || cause == Cause::lost; }

}  // namespace

Ending local_ending(const LocalEvidence& evidence) {
  Ending ending = evidence.record ? ending_of(*evidence.record) : without_record(evidence);
  ending.nodes = 0;  // those of a job that all attempts of this runner share
  if (evidence.stop_asked && from_outside(ending.cause)) ending.cause = Cause::stopped;
  if (wants_last_words(ending.cause) && !evidence.output.empty()) {
    if (!ending.detail.empty()) ending.detail += '\n';
    ending.detail += evidence.output;
  }
  while (!ending.detail.empty() && ending.detail.back() == '\n') ending.detail.pop_back();
  return ending;
}

}  // namespace stune
