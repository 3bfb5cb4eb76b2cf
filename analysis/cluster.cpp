#include <algorithm>
#include <cmath>
#include <set>

#include "analysis/analyses.hpp"
#include "analysis/drawing.hpp"
#include "analysis/occupancy.hpp"
#include "analysis/statistics.hpp"
#include "storage/telemetry.hpp"

namespace stune::analysis {
namespace {

std::string memory_text(double bytes) {
  return bytes < 1e9 ? concat({brief(std::round(bytes / 1e6)), " MB"}) : concat({brief(bytes / 1e9), " GB"});
}

struct Hours {
  double all = 0.0;
  double wasted = 0.0;  ///< in attempts that failed or were lost

  void add(double seconds, Fate fate) {
    all += seconds / 3600.0;
    if (fate == Fate::failed || fate == Fate::lost) wasted += seconds / 3600.0;
  }
};

void add_costs(Card& card, const Subject& subject, const std::vector<Stay>& stays) {
  double busy = 0.0, cpu = 0.0, memory = 0.0;
  Hours of_nodes, of_jobs;
  std::vector<double> waits, runs;
  std::set<std::string> hosts;
  for (const Stay& stay : stays) {
    if (!stay.has_started) continue;
    const double run = stay.ended - stay.started;
    busy += run;
    waits.push_back(stay.started - stay.submitted);
    if (stay.fate != Fate::running) runs.push_back(run);
    const auto& ending =
        subject.experiment.trial(stay.id.trial).attempts[static_cast<std::size_t>(stay.id.attempt)].ending;
    const int nodes = ending ? ending->nodes : 0;
    (nodes > 0 ? of_nodes : of_jobs).add(run * std::max(1, nodes), stay.fate);
    if (!ending) continue;
    cpu += ending->cpu_seconds;
    memory = std::max(memory, static_cast<double>(ending->peak_memory));
    if (!ending->host.empty()) hosts.insert(ending->host);
  }
  const double first = stays.front().submitted, last = last_end(stays);
  const auto row = [&](const std::string& what, const std::string& value) { card.rows.push_back({what, value}); };
  row("from the first submission to the last end", time_text(last - first));
  const double room = integral(parallel_of(subject.experiment), first, last);
  if (room > 0.0) row("utilization (running, of --parallel)", percent(std::min(1.0, busy / room)));
  const auto spread = [](const std::vector<double>& all) {
    return concat({"median ", time_text(quantile(all, 0.5)), ", 90 % below ", time_text(quantile(all, 0.9)),
                   ", longest ", time_text(quantile(all, 1.0))});
  };
  if (!waits.empty()) row("queue wait", spread(waits));
  if (!runs.empty()) row("run time", spread(runs));
  const auto hours = [&](const std::string& what, const std::string& note, const Hours& spent) {
    if (spent.all == 0.0) return;
    row(what + note, brief(spent.all));
    row(concat({what, " of attempts that failed or were lost"}), brief(spent.wasted));
  };
  hours("node-hours", " (nodes counted whole, also where shared)", of_nodes);
  hours("job hours", of_nodes.all > 0.0 ? " (nodes not known)" : "", of_jobs);
  if (cpu > 0.0) row("CPU hours of trials", brief(cpu / 3600.0));
  if (memory > 0.0) row("most memory of a process", memory_text(memory));
  if (!hosts.empty()) row("machines", std::to_string(hosts.size()));
}

void add_coordinator(Card& card, const Subject& subject) {
  const auto telemetry = parse_telemetry(subject.telemetry);
  if (!telemetry) return;
  const Costs& all = telemetry->all;
  const auto row = [&](const char* what, const std::string& value) { card.rows.push_back({std::string(what), value}); };
  for (const std::string& line : telemetry->budget) row("queue", line);
  if (all.batch_calls > 0) row("commands of the batch system in all", std::to_string(all.batch_calls));
  const std::string where =
      all.coordinators > 1
          ? concat({" by ", std::to_string(all.coordinators), " one after the other, the last on ", telemetry->host})
          : concat({" on ", telemetry->host});
  row("CPU of the coordinator", concat({time_text(std::max(all.cpu_seconds, telemetry->cpu_seconds)), where}));
  if (all.report_seconds > 0.0) row("CPU of reports", time_text(all.report_seconds));
  row("memory of the coordinator", memory_text(static_cast<double>(telemetry->peak_memory)));
}

}  // namespace

Card show_cluster(const Subject& subject) {
  Card card{"Cluster", "What it cost", {}, {"what", "how much"}, {}, {}};
  const std::vector<Stay> stays = stays_of(subject.experiment);
  if (stays.empty()) return card;
  card.text = "What trials and the coordinator used of the machines.";
  add_costs(card, subject, stays);
  add_coordinator(card, subject);
  return card;
}

}  // namespace stune::analysis
