#include <algorithm>
#include <map>
#include <set>

#include "analysis/analyses.hpp"
#include "analysis/drawing.hpp"
#include "analysis/occupancy.hpp"

namespace stune::analysis {
namespace {

struct FailureCount {
  std::size_t attempts = 0;
  double seconds = 0.0;
  std::set<std::string> hosts;
  std::string example;
};

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

}  // namespace

Card show_failures(const Subject& subject) {
  Card card{"Failures", "What went wrong",
            {},         {"cause", "attempts", "lost time / s", "counts against the trial", "machines", "example"},
            {},         {}};
  std::map<Cause, FailureCount> failures;
  std::size_t attempts = 0;
  for (const Stay& stay : stays_of(subject.experiment)) {
    ++attempts;
    if (stay.fate != Fate::failed && stay.fate != Fate::lost) continue;
    const Ending& ending =
        *subject.experiment.trial(stay.id.trial).attempts[static_cast<std::size_t>(stay.id.attempt)].ending;
    FailureCount& count = failures[ending.cause];
    ++count.attempts;
    count.seconds += stay.ended - stay.started;
    if (!ending.host.empty()) count.hosts.insert(ending.host);
    if (count.example.empty())
      count.example =
          concat({"trial ", to_string(stay.id), ending.detail.empty() ? "" : ": ", first_line(ending.detail)});
  }
  if (failures.empty()) return card;
  std::size_t all = 0;
  for (const auto& [cause, count] : failures) {
    all += count.attempts;
    std::string hosts;
    for (const std::string& host : count.hosts) {
      if (count.hosts.size() <= 5) hosts += concat({hosts.empty() ? "" : ", ", host});
    }
    if (count.hosts.size() > 5) hosts = counted(count.hosts.size(), "machine");
    card.rows.push_back({in_words(to_string(cause)), static_cast<std::int64_t>(count.attempts), count.seconds,
                         !is_infrastructure(cause), hosts, count.example});
  }
  std::ranges::stable_sort(card.rows, std::ranges::greater{},
                           [](const auto& row) { return std::get<std::int64_t>(row[1]); });
  card.text = concat({std::to_string(all), " of ", counted(attempts, "attempt"),
                      all == 1 ? " failed or was" : " failed or were",
                      " lost. What counts against the trial is its own fault; all else was tried again."});
  drop_empty_columns(card);
  return card;
}

}  // namespace stune::analysis
