#include <algorithm>
#include <cmath>
#include <set>

#include "analysis/analyses.hpp"
#include "analysis/drawing.hpp"
#include "analysis/hypervolume.hpp"

namespace stune::analysis {
namespace {

constexpr double shortest_worth_weighing = 1.0;  // seconds; what is quicker is mostly start-up
constexpr double least_spread = 0.05;            // of run times, below which they are alike

/// A completed trial with what it gave and what it took.
struct Outcome {
  const Trial* trial = nullptr;
  double value = 0.0;
  double seconds = 0.0;
};

struct Weighing {
  std::vector<Outcome> outcomes{};                  ///< in the order of completion
  std::size_t stopped_early = 0, without_time = 0;  ///< that are left out
  double longest = 0.0, shortest = 0.0;
  bool log = false;  ///< the scale of run times

  double scaled(double seconds) const { return log ? std::log10(seconds) : seconds; }
};

Weighing weighing_of(const Subject& subject) {
  Weighing weighing;
  for (const Trial* trial : subject.measured) {
    const auto time = run_time_of_attempts(*trial);
    if (trial->status != TrialStatus::completed) {
      ++weighing.stopped_early;
    } else if (!time) {
      ++weighing.without_time;
    } else {
      weighing.outcomes.push_back({trial, *subject.value(*trial), time->count()});
    }
  }
  if (weighing.outcomes.empty()) return weighing;
  std::ranges::stable_sort(weighing.outcomes, {}, [](const Outcome& one) { return one.trial->ended; });
  const auto [shortest, longest] = std::ranges::minmax(weighing.outcomes, {}, &Outcome::seconds);
  weighing.shortest = shortest.seconds;
  weighing.longest = longest.seconds;
  weighing.log = weighing.shortest > 0.0 && weighing.longest >= 10.0 * weighing.shortest;
  return weighing;
}

/// Run time and objective of each, from 0 for the best to 1 for the worst.
std::vector<Losses> losses_of(const Subject& subject, const Weighing& weighing) {
  const auto [low, high] = std::ranges::minmax(weighing.outcomes, {}, &Outcome::value);
  const double range = high.value - low.value;
  const double first = weighing.scaled(weighing.shortest), span = weighing.scaled(weighing.longest) - first;
  std::vector<Losses> losses;
  for (const Outcome& one : weighing.outcomes) {
    const double value = subject.objective().minimize ? one.value - low.value : high.value - one.value;
    losses.push_back({(weighing.scaled(one.seconds) - first) / span, value / range});
  }
  return losses;
}

std::string place_text(const Outcome& one) {
  return concat(
      {"trial ", std::to_string(one.trial->index), " (", time_text(one.seconds), ", ", brief(one.value), ")"});
}

/// The place on the front that is nearest to the best of both, each as a share of what is seen.
std::size_t knee_of(const std::vector<Losses>& losses, const std::vector<std::size_t>& front) {
  return *std::ranges::min_element(front, {}, [&](std::size_t i) { return losses[i][0] + losses[i][1]; });
}

std::string what_is_traded(const Weighing& weighing, const std::vector<Losses>& losses,
                           const std::vector<std::size_t>& front) {
  const Outcome &quickest = weighing.outcomes[front.front()], &best = weighing.outcomes[front.back()];
  if (losses[front.front()] == losses[front.back()]) {
    return concat({"Trial ", std::to_string(best.trial->index), " is both the best and the quickest of ",
                   counted(weighing.outcomes.size(), "trial"), ": there is nothing to trade."});
  }
  std::string text = concat({std::to_string(front.size()), " of ", counted(weighing.outcomes.size(), "trial"),
                             " are on the Pareto front: none is better without taking longer. It leads from ",
                             place_text(quickest), " to ", place_text(best)});
  const std::size_t knee = knee_of(losses, front);
  const bool is_between = losses[knee] != losses[front.front()] && losses[knee] != losses[front.back()];
  return text + (is_between ? concat({"; its knee is ", place_text(weighing.outcomes[knee]), "."}) : ".");
}

std::string what_is_left_out(const Weighing& weighing) {
  std::string text;
  const auto add = [&](std::size_t count, const std::string& which) {
    if (count > 0) text += concat({text.empty() ? " Left out: " : ", ", counted(count, "trial"), which});
  };
  add(weighing.stopped_early, " stopped early");
  add(weighing.without_time, " without a known run time");
  return text.empty() ? text : text + ".";
}

std::string on_attempts(const Weighing& weighing) {
  const auto several = static_cast<std::size_t>(
      std::ranges::count_if(weighing.outcomes, [](const Outcome& one) { return one.trial->attempts.size() > 1; }));
  if (several == 0) return {};
  return concat({" Of ", counted(several, "trial"), " that had more than one attempt, all are counted together."});
}

void add_outcome(Trace& trace, const Subject& subject, const TimeUnit& unit, const Outcome& one) {
  trace.x.push_back(in(unit, Seconds{one.seconds}));
  trace.y.push_back(one.value);
  trace.labels.push_back(label(subject, *one.trial));
}

Figure front_figure(const Subject& subject, const Weighing& weighing, const std::vector<std::size_t>& front,
                    const std::vector<std::size_t>& others) {
  const std::string& metric = subject.objective().metric;
  const TimeUnit unit = unit_for(Seconds{weighing.longest});
  Figure figure;
  figure.title = concat({metric, " by run time"});
  figure.look_for = concat({"The knee of the front: left of it a little less time costs much of ", metric,
                            ", right of it much more time gains little."});
  figure.x = {concat({"run time / ", unit.name}), weighing.log, {}};
  figure.y.title = metric;
  Trace trials{Trace::Kind::points, "trials"}, line{Trace::Kind::step, "best within that time"},
      points{Trace::Kind::points, "Pareto front"};
  for (const std::size_t i : others) add_outcome(trials, subject, unit, weighing.outcomes[i]);
  for (const std::size_t i : front) {
    add_outcome(line, subject, unit, weighing.outcomes[i]);
    add_outcome(points, subject, unit, weighing.outcomes[i]);
    points.marks.push_back(std::to_string(weighing.outcomes[i].trial->index));
  }
  line.x.push_back(in(unit, Seconds{weighing.longest}));
  line.y.push_back(line.y.back());
  line.labels.push_back(line.labels.back());
  if (!trials.x.empty()) figure.traces.push_back(std::move(trials));
  figure.traces.push_back(std::move(line));
  figure.traces.push_back(std::move(points));
  return figure;
}

Figure growth_figure(const Subject& subject, const Weighing& weighing, const std::vector<double>& shares) {
  Figure figure;
  figure.title = "Dominated area, by trial";
  figure.look_for =
      "A line that is flat for long at its end: more trials hardly move the front, neither to better ones nor to "
      "quicker ones.";
  figure.x.title = "completed trials";
  figure.y.title = "share of the box that is dominated";
  Trace line{Trace::Kind::step, "dominated area"};
  for (const std::size_t i : corners(shares)) {
    line.x.push_back(static_cast<double>(i + 1));
    line.y.push_back(shares[i]);
    line.labels.push_back(label(subject, *weighing.outcomes[i].trial));
  }
  figure.traces.push_back(std::move(line));
  return figure;
}

/// Those that are not on the front, as many as can be drawn.
std::vector<std::size_t> drawn_beside(const std::vector<std::size_t>& front, std::size_t count) {
  const std::set<std::size_t> on_front(front.begin(), front.end());
  std::vector<std::size_t> others, chosen;
  for (std::size_t i = 0; i < count; ++i) {
    if (!on_front.contains(i)) others.push_back(i);
  }
  for (const std::size_t i : thin(others.size(), most_points)) chosen.push_back(others[i]);
  return chosen;
}

void add_front_table(Card& card, const Subject& subject, const Weighing& weighing,
                     const std::vector<std::size_t>& front) {
  card.columns = {"trial", subject.objective().metric, "run time / s"};
  for (const Parameter& p : subject.space().parameters()) card.columns.push_back(p.name);
  for (const std::size_t i : front) {
    const Outcome& one = weighing.outcomes[i];
    std::vector<Value> cells{std::int64_t{one.trial->index}, one.value, one.seconds};
    cells.insert(cells.end(), one.trial->parameters.values().begin(), one.trial->parameters.values().end());
    card.rows.push_back(std::move(cells));
  }
}

/// Why there is nothing to weigh; empty where there is.
std::string why_not_weighed(const Subject& subject, const Weighing& weighing) {
  if (weighing.outcomes.size() < 2) return "Only one completed trial has a known run time: a trade-off needs two.";
  if (weighing.longest - weighing.shortest < std::max(shortest_worth_weighing, least_spread * weighing.longest)) {
    return concat({"All trials take about the same time, ", time_text(weighing.shortest), " to ",
                   time_text(weighing.longest), ": there is nothing to trade."});
  }
  const auto [low, high] = std::ranges::minmax(weighing.outcomes, {}, &Outcome::value);
  if (low.value == high.value)
    return concat({"All trials measured the same ", subject.objective().metric, ": there is nothing to trade."});
  return {};
}

}  // namespace

Card weigh_run_time(const Subject& subject) {
  const std::string& metric = subject.objective().metric;
  Card card{"Trade-off", concat({"What ", metric, " costs in run time"}), {}, {}, {}, {}};
  const Weighing weighing = weighing_of(subject);
  if (weighing.longest < shortest_worth_weighing) return card;
  card.text = why_not_weighed(subject, weighing);
  if (!card.text.empty()) {
    card.text += what_is_left_out(weighing);
    return card;
  }
  const std::vector<Losses> losses = losses_of(subject, weighing);
  const std::vector<std::size_t> front = pareto_front(losses);
  const std::vector<std::size_t> others = drawn_beside(front, losses.size());
  const std::vector<double> shares = growing_hypervolume(losses, {1.0, 1.0});
  card.text = what_is_traded(weighing, losses, front);
  card.text += concat({" What the front dominates is ", percent(shares.back()),
                       " of the box between the best and the worst in both",
                       weighing.log ? ", with run times on a logarithmic scale." : "."});
  card.text += what_is_left_out(weighing) + on_attempts(weighing) +
               thinned_note(front.size() + others.size(), weighing.outcomes.size());
  add_front_table(card, subject, weighing, front);
  card.figures = {front_figure(subject, weighing, front, others), growth_figure(subject, weighing, shares)};
  return card;
}

}  // namespace stune::analysis
