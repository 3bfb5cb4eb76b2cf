#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>

#include "analysis/analyses.hpp"
#include "analysis/drawing.hpp"
#include "analysis/statistics.hpp"

namespace stune::analysis {
namespace {

constexpr std::size_t most_curves = 120;
constexpr std::size_t most_steps = 150;              // of a curve
constexpr std::size_t most_points_of_curves = 9000;  // of a figure
constexpr std::size_t most_metrics = 4;
constexpr double gap = std::numeric_limits<double>::quiet_NaN();

struct Curve {
  const Trial* trial = nullptr;
  std::vector<double> steps, values;  // by step, ascending
  std::vector<double> seconds;        // that it had run when it told each; empty: not known
};

/// What a trial had run at `time`: all attempts before, and the one that ran then.
double run_until(const Trial& trial, TimePoint time) {
  if (trial.attempts.empty()) return std::max(0.0, Seconds{time - trial.created}.count());
  Seconds before{0}, last{0};
  for (const Attempt& attempt : trial.attempts) {
    const auto start = start_of(attempt);
    if (!start) continue;
    if (*start > time) break;
    before += last;
    last = time - *start;
    if (attempt.ending && attempt.ending->ended)
      last = std::max(Seconds{0}, std::min(last, Seconds{*attempt.ending->ended - *start}));
  }
  return (before + last).count();
}

std::vector<double> run_until(const Trial& trial, const std::vector<std::optional<TimePoint>>& times) {
  std::vector<double> seconds;
  for (const auto& time : times) {
    if (!time) return {};
    seconds.push_back(run_until(trial, *time));
  }
  // What is told all at once does not tell when it was measured.
  return seconds.front() < seconds.back() ? seconds : std::vector<double>{};
}

std::vector<Curve> curves_of(const Experiment& experiment, const std::string& metric) {
  std::vector<Curve> curves;
  for (const Trial& trial : experiment.trials()) {
    std::map<std::int64_t, const Observation*> by_step;
    for (const Observation& o : trial.observations) {
      if (o.metric == metric && o.step != final_step && std::isfinite(o.mean)) by_step[o.step] = &o;
    }
    if (by_step.size() < 2) continue;
    Curve curve{&trial, {}, {}, {}};
    std::vector<std::optional<TimePoint>> times;
    for (const auto& [step, observation] : by_step) {
      curve.steps.push_back(static_cast<double>(step));
      curve.values.push_back(observation->mean);
      times.push_back(observation->at);
    }
    curve.seconds = run_until(trial, times);
    curves.push_back(std::move(curve));
  }
  return curves;
}

/// Metrics with a progression, the objective first.
std::vector<std::string> metrics_with_steps(const Subject& subject) {
  std::set<std::string> found;
  for (const Trial& trial : subject.experiment.trials()) {
    for (const Observation& o : trial.observations) {
      if (o.step != final_step) found.insert(o.metric);
    }
  }
  std::vector<std::string> names(found.begin(), found.end());
  std::stable_partition(names.begin(), names.end(),
                        [&](const std::string& name) { return name == subject.objective().metric; });
  return names;
}

/// In seconds. Where it is not known when steps were told, they are taken as evenly spread over the run of the last
/// attempt; nothing where that is not known either.
std::vector<double> times(const Curve& curve) {
  const auto run = run_time(*curve.trial);
  if (!curve.seconds.empty() || !run) return curve.seconds;
  std::vector<double> result;
  const double before = curve.steps.front() - 1.0;
  for (const double step : curve.steps)
    result.push_back(run->count() * (step - before) / (curve.steps.back() - before));
  return result;
}

std::string on_times(const std::vector<Curve>& curves) {
  const auto spread = static_cast<std::size_t>(std::ranges::count_if(
      curves, [](const Curve& curve) { return curve.seconds.empty() && run_time(*curve.trial); }));
  if (spread == 0) return {};
  return concat({" ", std::to_string(spread), " of ", counted(curves.size(), "curve"), spread == 1 ? " has" : " have",
                 " no times; theirs are evenly spread over the run."});
}

void append(Trace& trace, const Subject& subject, const Curve& curve, const std::vector<double>& x, std::size_t most) {
  if (!trace.x.empty()) {
    trace.x.push_back(trace.x.back());
    trace.y.push_back(gap);
    trace.labels.emplace_back();
  }
  for (const std::size_t i : thin(x.size(), most)) {
    trace.x.push_back(x[i]);
    trace.y.push_back(curve.values[i]);
    trace.labels.push_back(label(subject, *curve.trial));
  }
}

Figure draw(const Subject& subject, const std::string& metric, const std::vector<Curve>& curves, FigureAxis axis,
            const auto& places_of) {
  Figure figure;
  figure.x = std::move(axis);
  figure.y.title = metric;
  Trace all{Trace::Kind::line, "trials"}, best{Trace::Kind::line, "best trial"},
      stopped{Trace::Kind::points, "stopped early"};
  const std::size_t steps = std::min(most_steps, most_points_of_curves / std::max<std::size_t>(curves.size(), 1));
  for (const Curve& curve : curves) {
    const std::vector<double> x = places_of(curve);
    append(curve.trial->index == subject.experiment.best_observed() ? best : all, subject, curve, x, steps);
    if (curve.trial->status != TrialStatus::early_stopped) continue;
    stopped.x.push_back(x.back());
    stopped.y.push_back(curve.values.back());
    stopped.labels.push_back(label(subject, *curve.trial));
  }
  for (Trace* trace : {&all, &best, &stopped}) {
    if (!trace->x.empty()) figure.traces.push_back(std::move(*trace));
  }
  return figure;
}

/// What the order of the trials after half of their steps tells of the order at their end.
std::string foresight(const std::vector<Curve>& curves) {
  std::vector<double> half, whole;
  for (const Curve& curve : curves) {
    if (curve.values.size() < 4 || curve.trial->status != TrialStatus::completed) continue;
    half.push_back(curve.values[(curve.values.size() - 1) / 2]);
    whole.push_back(curve.values.back());
  }
  if (half.size() < 8) return {};
  const double agreement = rank_correlation(half, whole);
  const char* verdict = agreement >= 0.8   ? "bad ones could be stopped there"
                        : agreement >= 0.5 ? "only the worst could be stopped there"
                                           : "they must run to their end";
  return concat({" After half of their steps the order of the trials agrees with the final one to ", brief(agreement),
                 " (rank correlation): ", verdict, "."});
}

std::vector<Curve> drawn_of(const Subject& subject, const std::vector<Curve>& curves) {
  std::vector<Curve> chosen;
  std::set<std::size_t> places;
  for (const std::size_t i : thin(curves.size(), most_curves)) places.insert(i);
  for (std::size_t i = 0; i < curves.size(); ++i) {
    if (places.contains(i) || curves[i].trial->index == subject.experiment.best_observed()) chosen.push_back(curves[i]);
  }
  return chosen;
}

void add_figures(Card& card, const Subject& subject, const std::string& metric, const std::vector<Curve>& all) {
  const std::vector<Curve> curves = drawn_of(subject, all);
  Figure by_step = draw(subject, metric, curves, {"step", false, {}}, [](const Curve& curve) { return curve.steps; });
  by_step.title = concat({metric, " by step"});
  by_step.look_for =
      "Curves that still fall or rise at their end would gain from more steps; those that part early can be told apart "
      "early.";
  card.figures.push_back(std::move(by_step));
  std::vector<Curve> timed;
  double longest = 0.0;
  for (const Curve& curve : curves) {
    const std::vector<double> seconds = times(curve);
    if (seconds.empty()) continue;
    timed.push_back(curve);
    longest = std::max(longest, seconds.back());
  }
  if (timed.empty()) return;
  const TimeUnit unit = unit_for(Seconds{longest});
  Figure by_time =
      draw(subject, metric, timed, {concat({"run time / ", unit.name}), false, {}}, [&](const Curve& curve) {
        std::vector<double> x = times(curve);
        for (double& seconds : x) seconds = in(unit, Seconds{seconds});
        return x;
      });
  by_time.title = concat({metric, " by time"});
  by_time.look_for = "What a second more is worth: slow trials may be bad bargains even where they end well.";
  card.figures.push_back(std::move(by_time));
}

}  // namespace

Card draw_progressions(const Subject& subject) {
  Card card{"Progressions", "How trials went", {}, {}, {}, {}};
  std::size_t metrics = 0;
  for (const std::string& metric : metrics_with_steps(subject)) {
    const std::vector<Curve> curves = curves_of(subject.experiment, metric);
    if (curves.empty() || ++metrics > most_metrics) continue;
    if (card.text.empty()) {
      card.text = "What trials reported step by step.";
      card.text += on_times(curves) + foresight(curves);
      card.text += thinned_note(drawn_of(subject, curves).size(), curves.size());
    }
    add_figures(card, subject, metric, curves);
  }
  card.text += thinned_note(std::min(metrics, most_metrics), metrics, "metrics");
  return card;
}

}  // namespace stune::analysis
