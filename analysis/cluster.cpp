#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "analysis/analyses.hpp"
#include "analysis/drawing.hpp"
#include "analysis/occupancy.hpp"
#include "analysis/statistics.hpp"
#include "storage/telemetry.hpp"

namespace stune::analysis {
namespace {

constexpr std::size_t most_bars = 2000;
constexpr std::size_t time_parts = 400;  // of the time, for what runs at once

std::string memory_text(double bytes) {
  return bytes < 1e9 ? concat({brief(std::round(bytes / 1e6)), " MB"}) : concat({brief(bytes / 1e9), " GB"});
}

std::string time_text(double seconds) {
  const TimeUnit unit = unit_for(Seconds{seconds});
  return concat({brief(in(unit, Seconds{seconds})), " ", unit.name});
}

double last_end(const std::vector<Stay>& stays) { return std::ranges::max(stays, {}, &Stay::ended).ended; }

void add_span(Figure& figure, std::map<std::string, std::size_t>& traces, const std::string& name, const Stay& stay,
              double low, double high, const TimeUnit& unit) {
  const auto [known, is_new] = traces.emplace(name, figure.traces.size());
  if (is_new) figure.traces.push_back({Trace::Kind::spans, name});
  Trace& trace = figure.traces[known->second];
  trace.low.push_back(in(unit, Seconds{low}));
  trace.high.push_back(in(unit, Seconds{high}));
  trace.y.push_back(static_cast<double>(stay.lane));
  trace.labels.push_back(concat({"trial ", to_string(stay.id), ": ", name, " for ", time_text(high - low)}));
}

Figure timeline(const std::vector<Stay>& stays) {
  Figure figure;
  figure.title = "Timeline of slots";
  figure.look_for = "White between bars is an idle slot, a long first part of a bar a wait in the queue.";
  const TimeUnit unit = unit_for(Seconds{last_end(stays)});
  figure.x.title = concat({"time since the experiment began / ", unit.name});
  figure.y.title = "slot";
  std::map<std::string, std::size_t> traces;
  const std::size_t first = stays.size() - std::min(stays.size(), most_bars);
  for (std::size_t i = first; i < stays.size(); ++i) {
    const Stay& stay = stays[i];
    if (stay.started > stay.submitted) add_span(figure, traces, "queued", stay, stay.submitted, stay.started, unit);
    if (stay.has_started) add_span(figure, traces, word_for(stay.fate), stay, stay.started, stay.ended, unit);
  }
  return figure;
}

Figure load(const Subject& subject, const std::vector<Stay>& stays) {
  const double end = last_end(stays);
  const TimeUnit unit = unit_for(Seconds{end});
  std::vector<std::pair<double, double>> queued, running;
  for (const Stay& stay : stays) {
    queued.emplace_back(stay.submitted, stay.started);
    running.emplace_back(stay.started, stay.ended);
  }
  Figure figure;
  figure.title = "Trials at once";
  figure.look_for =
      "Running far below the line of --parallel: the machine, not stune, is what you wait for, unless nothing is "
      "queued either.";
  figure.x.title = concat({"time since the experiment began / ", unit.name});
  figure.y.title = "trials";
  const auto add = [&](const std::string& name, const std::vector<double>& values) {
    Trace trace{Trace::Kind::step, name};
    for (std::size_t i = 0; i < values.size(); ++i) {
      trace.x.push_back(in(unit, Seconds{end * static_cast<double>(i) / static_cast<double>(values.size())}));
      trace.y.push_back(values[i]);
    }
    figure.traces.push_back(std::move(trace));
  };
  add("running", average_open(running, end, time_parts));
  add("queued", average_open(queued, end, time_parts));
  const auto parallel = static_cast<double>(subject.experiment.options().parallel);
  figure.traces.push_back({Trace::Kind::line, "--parallel", {0.0, in(unit, Seconds{end})}, {parallel, parallel}});
  return figure;
}

void add_costs(Card& card, const Subject& subject, const std::vector<Stay>& stays) {
  double busy = 0.0, wasted = 0.0, cpu = 0.0, memory = 0.0;
  std::vector<double> waits, runs;
  std::set<std::string> hosts;
  for (const Stay& stay : stays) {
    if (!stay.has_started) continue;
    const double run = stay.ended - stay.started;
    busy += run;
    if (stay.fate == Fate::failed || stay.fate == Fate::lost) wasted += run;
    waits.push_back(stay.started - stay.submitted);
    if (stay.fate != Fate::running) runs.push_back(run);
    const auto& ending =
        subject.experiment.trial(stay.id.trial).attempts[static_cast<std::size_t>(stay.id.attempt)].ending;
    if (!ending) continue;
    cpu += ending->cpu_seconds;
    memory = std::max(memory, static_cast<double>(ending->peak_memory));
    if (!ending->host.empty()) hosts.insert(ending->host);
  }
  const double span = last_end(stays) - stays.front().submitted;
  const auto row = [&](const char* what, const std::string& value) { card.rows.push_back({std::string(what), value}); };
  row("from the first submission to the last end", time_text(span));
  const double room = span * subject.experiment.options().parallel;
  if (room > 0.0) row("utilization (running, of --parallel)", percent(std::min(1.0, busy / room)));
  const auto spread = [](const std::vector<double>& all) {
    return concat({"median ", time_text(quantile(all, 0.5)), ", 90 % below ", time_text(quantile(all, 0.9)),
                   ", longest ", time_text(quantile(all, 1.0))});
  };
  if (!waits.empty()) row("queue wait", spread(waits));
  if (!runs.empty()) row("run time", spread(runs));
  // Nobody records how many nodes a job had.
  row("job hours (times the nodes of a job: node-hours)", brief(busy / 3600.0));
  row("of these in attempts that failed or were lost", brief(wasted / 3600.0));
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

struct FailureCount {
  std::size_t attempts = 0;
  double seconds = 0.0;
  std::set<std::string> hosts;
  std::string example;
};

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

}  // namespace

Card show_cluster(const Subject& subject) {
  Card card{"Cluster", "Where the time went", {}, {"what", "how much"}, {}, {}};
  const std::vector<Stay> stays = stays_of(subject.experiment);
  if (stays.empty()) return card;
  card.text = "When trials waited, when they ran, and what that cost.";
  if (stays.size() > most_bars)
    card.text += concat({" The timeline shows the last ", counted(most_bars, "attempt"), " of ",
                         counted(stays.size(), "attempt"), "."});
  add_costs(card, subject, stays);
  add_coordinator(card, subject);
  card.figures = {timeline(stays), load(subject, stays)};
  return card;
}

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
