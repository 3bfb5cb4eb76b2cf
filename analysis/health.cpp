#include <algorithm>
#include <cmath>
#include <set>
#include <span>

#include "analysis/analyses.hpp"
#include "analysis/drawing.hpp"
#include "analysis/statistics.hpp"
#include "experiment/parameter_rules.hpp"

namespace stune::analysis {
namespace {

enum class Level : std::uint8_t { warning, note, good };

struct Finding {
  Level level = Level::good;
  std::string check;
  std::string found;
  std::string advice{};
};
using Findings = std::vector<Finding>;

bool matters(const Subject& subject, std::size_t tuned) {
  return !subject.sensitivity || subject.sensitivity->indices.total[tuned].value >= 0.01;
}

void check_bounds(const Subject& subject, Findings& findings) {
  if (!subject.best || subject.measured.size() < 5) return;
  const Trial& best = subject.experiment.trial(subject.best->trial);
  const std::vector<double> x = subject.space().encode(best.parameters);
  bool any = false;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const Parameter& parameter = subject.space().tuned(i);
    const int values = subject.space().axes()[i].count;
    if (!is_interval(parameter) || (values != 0 && values < 4) || !matters(subject, i)) continue;
    if (x[i] > 0.01 && x[i] < 0.99) continue;
    any = true;
    const bool low = x[i] <= 0.01;
    findings.push_back(
        {Level::warning, "bounds",
         concat({"the best trial has ", parameter.name, " = ", to_string(best.parameters.at(parameter.name)),
                 low ? ", at its lower bound" : ", at its upper bound"}),
         concat({"unless there is nothing beyond it, begin a new experiment with ", low ? "a lower" : "a higher",
                 " bound: better values may lie outside"})});
  }
  if (!any) findings.push_back({Level::good, "bounds", "the best trial is inside of the search space"});
}

void check_repeats(const Subject& subject, Findings& findings) {
  std::set<std::vector<double>> seen;
  std::size_t repeats = 0;
  for (const Trial& trial : subject.experiment.trials()) {
    if (trial.status != TrialStatus::abandoned && !seen.insert(subject.space().encode(trial.parameters)).second)
      ++repeats;
  }
  if (repeats > 0) {
    findings.push_back({Level::note, "repeats",
                        concat({counted(repeats, "trial"), repeats == 1 ? " repeats" : " repeat",
                                " the parameters of an earlier one"}),
                        "fine where results are noisy; else it is wasted time"});
  } else if (!seen.empty()) {
    findings.push_back({Level::good, "repeats", "no trial repeats another"});
  }
  const auto size = subject.space().size();
  if (!size || subject.space().dimension() == 0) return;
  const double share = static_cast<double>(seen.size()) / *size;
  if (share >= 1.0) {
    findings.push_back({Level::note, "space", "every parameterization has been tried",
                        "there is nothing left to find: finer steps or more parameters would give more"});
  } else if (share >= 0.5) {
    findings.push_back({Level::note, "space", concat({percent(share), " of all parameterizations have been tried"}),
                        "soon nothing is left to find"});
  }
}

std::size_t failures_in(std::span<const Trial* const> trials) {
  return static_cast<std::size_t>(
      std::ranges::count(trials, TrialStatus::failed, [](const Trial* trial) { return trial->status; }));
}

void check_failures(const Subject& subject, Findings& findings) {
  std::vector<const Trial*> ended;
  for (const Trial& trial : subject.experiment.trials()) {
    if (is_terminal(trial.status) && trial.status != TrialStatus::abandoned) ended.push_back(&trial);
  }
  if (ended.empty()) return;
  const std::size_t failed = failures_in(ended);
  const double share = static_cast<double>(failed) / static_cast<double>(ended.size());
  const std::size_t half = ended.size() / 2;
  const std::size_t early = failures_in(std::span(ended).first(half)), late = failed - early;
  const std::string found = concat({std::to_string(failed), " of ", counted(ended.size(), "trial"), " failed"});
  const std::string advice =
      "see the card of failures, and stune explain for one of them; values that cannot work should be left out of the "
      "search space";
  if (failed == ended.size()) {
    findings.push_back({Level::warning, "failures",
                        concat({found, ": the program, not the parameters, is the likely cause"}),
                        "run one trial by hand; stune explain shows what one that failed has said"});
  } else if (late >= 5 && late >= 2 * early + 2) {
    findings.push_back({Level::warning, "failures",
                        concat({found, ", ", std::to_string(late), " of them in the second half: they become more"}),
                        "something has changed (a full disk, an expired licence, a moved file), or the search moves to "
                        "where the program fails"});
  } else if (share >= 0.2 && failed >= 3) {
    findings.push_back({Level::warning, "failures", found, advice});
  } else if (failed > 0) {
    findings.push_back({Level::note, "failures", found, advice});
  } else {
    findings.push_back({Level::good, "failures", "no trial failed"});
  }
}

void check_limits(const Subject& subject, Findings& findings) {
  std::size_t timeouts = 0, memory = 0;
  for (const Trial& trial : subject.experiment.trials()) {
    for (const Attempt& attempt : trial.attempts) {
      if (!attempt.ending) continue;
      if (attempt.ending->cause == Cause::timeout) ++timeouts;
      if (attempt.ending->cause == Cause::out_of_memory) ++memory;
    }
  }
  if (timeouts > 0)
    findings.push_back({Level::note, "time limit", concat({counted(timeouts, "attempt"), " ran into the time limit"}),
                        "--on-timeout retry tries them with more time"});
  if (memory > 0)
    findings.push_back({Level::note, "memory", concat({counted(memory, "attempt"), " ran out of memory"}),
                        "--on-oom retry tries them with more memory"});
}

void check_values(const Subject& subject, Findings& findings) {
  std::size_t odd = 0;
  for (const Trial& trial : subject.experiment.trials()) {
    const auto value = subject.value(trial);
    if (trial.status == TrialStatus::completed && value && !std::isfinite(*value)) ++odd;
  }
  const std::string& metric = subject.objective().metric;
  if (odd > 0) {
    findings.push_back(
        {Level::warning, "values",
         concat({counted(odd, "completed trial"), " measured a ", metric, " that is not a finite number"}),
         "the model leaves them out; let the program end with an error instead, so that the search avoids such "
         "values"});
  }
  if (subject.measured.size() < 3) return;
  const auto [low, high] =
      std::ranges::minmax(subject.measured, {}, [&](const Trial* trial) { return *subject.value(*trial); });
  if (*subject.value(*low) == *subject.value(*high)) {
    findings.push_back({Level::warning, "values",
                        concat({"all trials measured the same ", metric, ", ", brief(*subject.value(*low))}),
                        "check that the program reads its parameters and that the metric depends on them"});
  } else {
    findings.push_back({Level::good, "values", concat({metric, " differs between trials"})});
  }
}

/// Part of the variance between trials that their own standard errors explain; nothing where few have one.
std::optional<double> told_noise(const Subject& subject) {
  std::vector<double> values, squares;
  for (const Trial* trial : subject.measured) {
    const Observation seen = *objective_of(subject.experiment, *trial);
    values.push_back(seen.mean);
    if (std::isfinite(seen.sem)) squares.push_back(seen.sem * seen.sem);
  }
  if (2 * squares.size() < values.size()) return {};
  const double mean = mean_of(values);
  for (double& value : values) value = (value - mean) * (value - mean);
  const double variance = mean_of(values);
  return variance > 0.0 ? std::optional(std::min(1.0, mean_of(squares) / variance)) : std::nullopt;
}

void check_model(const Subject& subject, Findings& findings) {
  if (!subject.validation || subject.measured.size() < 10) return;
  const auto told = told_noise(subject);
  const double noise = told.value_or(subject.surrogate->noise_share());
  const bool trusted = trust(*subject.validation) != Trust::none;
  if (!trusted) {
    findings.push_back(
        {Level::warning, "model",
         concat({"the model is no better than the mean of all trials (R2 ", brief(subject.validation->r2), ")"}),
         "its proposals are hardly better than random ones: reduce noise, use log() where values span orders of "
         "magnitude, or tune fewer parameters"});
  } else if (trust(*subject.validation) == Trust::order_only) {
    findings.push_back({Level::good, "model",
                        concat({"the model tells better trials from worse, though not their values (R2 ",
                                brief(subject.validation->r2), ")"})});
  } else {
    findings.push_back(
        {Level::good, "model", concat({"the model foretells trials (R2 ", brief(subject.validation->r2), ")"})});
  }
  if (noise > 0.5) {
    findings.push_back({Level::warning, "noise",
                        concat({told ? "by their standard errors " : "by the model ", percent(noise),
                                " of the differences between trials are noise"}),
                        "average over more seeds or samples in each trial, and report its standard error; the best "
                        "measured value is mostly luck"});
  } else if (trusted || told) {
    findings.push_back(
        {Level::good, "noise", concat({percent(noise), " of the differences between trials are noise"})});
  }
}

void check_budget(const Subject& subject, Findings& findings) {
  const RunOptions& options = subject.experiment.options();
  const std::size_t d = subject.space().dimension();
  const bool by_hand =
      std::ranges::all_of(subject.experiment.trials(), [](const Trial& trial) { return trial.attempts.empty(); });
  if ((options.runner == "custom" && by_hand) || options.trials <= 0 || options.parallel <= 0) return;
  const double rounds = static_cast<double>(options.trials) / options.parallel;
  const std::string trials = counted(static_cast<std::size_t>(options.trials), "trial");
  if (options.parallel > 1 && rounds < 5.0) {
    findings.push_back(
        {Level::warning, "parallel",
         concat({trials, ", ", std::to_string(options.parallel),
                 " at a time: most start before the results of others are in"}),
         "fewer at a time or more trials would let the model learn; as it is, much of the search is random"});
  } else {
    findings.push_back(
        {Level::good, "parallel", concat({"each place runs ", brief(rounds), " trials, one after the other"})});
  }
  if (static_cast<std::size_t>(options.trials) < 3 * d) {
    findings.push_back(
        {Level::note, "budget", concat({trials, " for ", counted(d, "parameter")}),
         "that is little: three times as many trials as parameters are a start, ten times as many are good"});
  }
}

void check_progress(const Subject& subject, Findings& findings) {
  const std::size_t n = subject.measured.size();
  if (n < 20 || subject.experiment.best_observed() < 0) return;
  const auto place = std::ranges::lower_bound(subject.measured, subject.experiment.best_observed(), {}, &Trial::index);
  const auto since = static_cast<std::size_t>(subject.measured.end() - place) - 1;
  if (2 * since > n) {
    findings.push_back({Level::note, "progress", concat({"no improvement in the last ", counted(since, "trial")}),
                        "more trials will hardly help: look at the bounds, the noise and what else could be tuned"});
  } else {
    findings.push_back({Level::good, "progress",
                        since == 0 ? "the best trial is the last one"
                                   : concat({"the best trial is ", counted(since, "trial"), " ago"})});
  }
}

void check_waits(const Subject& subject, Findings& findings) {
  std::vector<double> waits, runs;
  for (const Trial& trial : subject.experiment.trials()) {
    const auto wait = queue_wait(trial), run = run_time(trial);
    if (!wait || !run) continue;
    waits.push_back(wait->count());
    runs.push_back(run->count());
  }
  if (waits.size() < 5) return;
  const double wait = quantile(waits, 0.5), run = quantile(runs, 0.5);
  if (wait > 3.0 * run && wait > 60.0) {
    findings.push_back({Level::note, "queue",
                        concat({"trials wait ", brief(wait / std::max(run, 1.0)), " times as long as they run"}),
                        "one large job that runs many trials (--runner mpi inside of an allocation) waits once"});
  }
}

const char* word(Level level) {
  switch (level) {
    case Level::warning:
      return "warning";
    case Level::note:
      return "note";
    case Level::good:
      return "good";
  }
  return "?";
}

}  // namespace

Card check_health(const Subject& subject) {
  Card card{"Health", "What to look after", {}, {"result", "check", "what was found", "advice"}, {}, {}};
  Findings findings;
  for (const auto check : {check_failures, check_values, check_bounds, check_model, check_progress, check_budget,
                           check_repeats, check_limits, check_waits}) {
    check(subject, findings);
  }
  std::ranges::stable_sort(findings, {}, &Finding::level);
  for (const Finding& f : findings) card.rows.push_back({std::string(word(f.level)), f.check, f.found, f.advice});
  const auto count = [&](Level level) {
    return static_cast<std::size_t>(std::ranges::count(findings, level, &Finding::level));
  };
  const std::size_t warnings = count(Level::warning), notes = count(Level::note);
  if (findings.empty()) {
    card.text = "Nothing can be checked before trials have ended.";
  } else if (warnings + notes == 0) {
    card.text = "Nothing to complain about.";
  } else {
    card.text = concat({counted(warnings, "warning"), ", ", counted(notes, "note"), "."});
  }
  drop_empty_columns(card);
  return card;
}

}  // namespace stune::analysis
