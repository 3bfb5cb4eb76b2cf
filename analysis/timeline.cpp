#include <algorithm>
#include <map>

#include "analysis/analyses.hpp"
#include "analysis/drawing.hpp"
#include "analysis/occupancy.hpp"

namespace stune::analysis {
namespace {

constexpr std::size_t most_bars = 2000;
constexpr std::size_t time_parts = 400;  // of the time, for what runs at once

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

/// Where it was changed on the way, the line has steps.
Trace asked_for(const Experiment& experiment, const TimeUnit& unit, double end) {
  Trace trace{Trace::Kind::step, "--parallel"};
  for (const Allowance& allowance : parallel_of(experiment)) {
    if (allowance.from > end) break;
    trace.x.push_back(in(unit, Seconds{allowance.from}));
    trace.y.push_back(allowance.count);
  }
  trace.x.push_back(in(unit, Seconds{end}));
  trace.y.push_back(trace.y.back());
  return trace;
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
  figure.traces.push_back(asked_for(subject.experiment, unit, end));
  return figure;
}

}  // namespace

Card draw_timeline(const Subject& subject) {
  Card card{"Timeline", "Where the time went", {}, {}, {}, {}};
  const std::vector<Stay> stays = stays_of(subject.experiment);
  if (stays.empty()) return card;
  card.text = "When trials waited and when they ran.";
  if (stays.size() > most_bars)
    card.text += concat({" The timeline shows the last ", counted(most_bars, "attempt"), " of ",
                         counted(stays.size(), "attempt"), "."});
  card.figures = {timeline(stays), load(subject, stays)};
  return card;
}

}  // namespace stune::analysis
