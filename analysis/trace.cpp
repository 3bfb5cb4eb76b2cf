#include <algorithm>
#include <cmath>
#include <map>

#include "analysis/analyses.hpp"
#include "analysis/drawing.hpp"

namespace stune::analysis {
namespace {

/// One trace for each generator, in the order of their first trials.
void add_points(Figure& figure, const Subject& subject, const std::vector<const Trial*>& trials, const auto& place_of) {
  std::map<std::string, std::size_t> traces;
  for (const Trial* trial : trials) {
    const auto [known, is_new] = traces.emplace(trial->generator, figure.traces.size());
    if (is_new) figure.traces.push_back({Trace::Kind::points, trial->generator});
    Trace& trace = figure.traces[known->second];
    trace.x.push_back(place_of(*trial));
    trace.y.push_back(*subject.value(*trial));
    trace.labels.push_back(label(subject, *trial));
  }
}

Figure draw(const Subject& subject, std::vector<const Trial*> order, FigureAxis x, const auto& place_of) {
  Figure figure;
  figure.title = concat({"Best ", subject.objective().metric, " so far"});
  figure.x = std::move(x);
  figure.y.title = subject.objective().metric;
  add_points(figure, subject, drawn(subject), place_of);
  std::ranges::stable_sort(order, {}, [&](const Trial* trial) { return place_of(*trial); });
  const std::vector<double> best = best_so_far(subject.experiment, order);
  Trace line{Trace::Kind::step, "best so far"};
  for (const std::size_t i : corners(best)) {
    line.x.push_back(place_of(*order[i]));
    line.y.push_back(best[i]);
    line.labels.push_back(label(subject, *order[i]));
  }
  figure.traces.push_back(std::move(line));
  return figure;
}

Figure by_time(const Subject& subject) {
  const TimePoint begin = subject.experiment.created();
  const auto end_of = [](const Trial& trial) { return trial.ended.value_or(trial.created); };
  TimePoint last = begin;
  for (const Trial* trial : subject.measured) last = std::max(last, end_of(*trial));
  const TimeUnit unit = unit_for(last - begin);
  Figure figure = draw(subject, subject.measured, {concat({"time since the experiment began / ", unit.name})},
                       [&](const Trial& trial) { return in(unit, end_of(trial) - begin); });
  figure.title += ", by time";
  figure.look_for = "What another hour would bring: the slope at the end, as long as the same machines are at hand.";
  return figure;
}

std::string how_it_goes(const Subject& subject) {
  const std::vector<double> best = best_so_far(subject.experiment, subject.measured);
  std::size_t last = 0;
  for (std::size_t i = 1; i < best.size(); ++i) {
    if (best[i] != best[i - 1]) last = i;
  }
  const std::size_t since = best.size() - 1 - last;
  std::string text =
      concat({"The best value, ", brief(best.back()), ", is of trial ", std::to_string(subject.measured[last]->index),
              since == 0 ? ", the last one."
                         : concat({"; ", counted(since, "trial"), " since then brought nothing better."})});
  const double middle = best[best.size() / 2];
  if (best.size() >= 8 && middle != best.back())
    text += concat({" The second half of the trials improved it by ", brief(std::abs(best.back() - middle)), "."});
  return text;
}

}  // namespace

Card trace_optimization(const Subject& subject) {
  const std::string& metric = subject.objective().metric;
  Card card{"Optimization trace", concat({"Best ", metric, " so far"}), {}, {"trial", "generator", metric}, {}, {}};
  if (subject.measured.empty()) {
    card.text = "No trial has completed yet.";
    return card;
  }
  card.text = how_it_goes(subject) + thinned_note(drawn(subject).size(), subject.measured.size());
  const std::vector<double> best = best_so_far(subject.experiment, subject.measured);
  for (std::size_t i = 0; i < best.size(); ++i) {
    if (i > 0 && best[i] == best[i - 1]) continue;
    const Trial& trial = *subject.measured[i];
    card.rows.push_back({std::int64_t{trial.index}, trial.generator, best[i]});
  }
  Figure by_trial = draw(subject, subject.measured, {"trial"}, [](const Trial& trial) { return double(trial.index); });
  by_trial.title += ", by trial";
  by_trial.look_for = "A line that is flat for long at its end: little is left to find, or the search is stuck.";
  card.figures = {std::move(by_trial), by_time(subject)};
  return card;
}

}  // namespace stune::analysis
