#include <algorithm>
#include <cmath>

#include "analysis/analyses.hpp"
#include "analysis/drawing.hpp"

namespace stune::analysis {
namespace {

std::vector<Value> row(const Subject& subject, const std::string& by, int index) {
  const Trial& trial = subject.experiment.trial(index);
  std::vector<Value> cells{by, std::int64_t{index}};
  const auto seen = objective_of(subject.experiment, trial);
  cells.push_back(cell(seen ? std::optional(seen->mean) : std::nullopt));
  cells.push_back(cell(seen ? std::optional(seen->sem) : std::nullopt));
  std::optional<Belief> belief;
  if (subject.surrogate) belief = subject.surrogate->predict({&trial.parameters, 1}).front();
  for (const auto part : {&Belief::mean, &Belief::low, &Belief::high}) {
    cells.push_back(cell(belief ? std::optional((*belief).*part) : std::nullopt));
  }
  cells.insert(cells.end(), trial.parameters.values().begin(), trial.parameters.values().end());
  return cells;
}

/// Is the difference between the model's best trial and this one small beside what the model does not know?
bool alike(const Subject& subject, int trial) {
  const Belief other = subject.surrogate->predict({&subject.experiment.trial(trial).parameters, 1}).front();
  return std::abs(subject.best->belief.mean - other.mean) < std::max(subject.best->belief.sem, other.sem);
}

/// Does the belief about the best trial agree with what was seen there?
std::string verdict(const Subject& subject) {
  const int seen = subject.experiment.best_observed();
  if (seen < 0 || !subject.surrogate) return "By observation: a model needs two completed trials that differ.";
  if (subject.best->trial != seen && alike(subject, seen)) {
    return concat({"Trials ", std::to_string(seen), " and ", std::to_string(subject.best->trial),
                   " can hardly be told apart: the one measured better, the model trusts the other a little more."});
  }
  if (subject.best->trial != seen) {
    return concat({"Trial ", std::to_string(seen),
                   " measured best, but the model takes that for luck and trusts trial ",
                   std::to_string(subject.best->trial), " more; run both again if it matters."});
  }
  const double value = *subject.value(subject.experiment.trial(seen));
  const Belief& belief = subject.best->belief;
  if (value < belief.low || value > belief.high) {
    return "The model and the measurements agree on the trial, but not on its value: it lies outside of the model's 95 "
           "% interval, so expect something nearer to the prediction if it is run again.";
  }
  return "The model and the measurements agree.";
}

}  // namespace

Card show_best(const Subject& subject) {
  const std::string& metric = subject.objective().metric;
  Card card{"Best trial", concat({"Best ", metric}),
            {},           {"by", "trial", metric, "sem", "predicted", "95 % from", "95 % to"},
            {},           {}};
  if (!subject.best) {
    card.text = "No trial has completed yet.";
    return card;
  }
  card.text = verdict(subject);
  for (const Parameter& p : subject.space().parameters()) card.columns.push_back(p.name);
  const int seen = subject.experiment.best_observed();
  const bool agree = seen == subject.best->trial;
  if (subject.surrogate && !agree) card.rows.push_back(row(subject, "model", subject.best->trial));
  if (seen >= 0)
    card.rows.push_back(row(subject, agree && subject.surrogate ? "model and observation" : "observation", seen));
  if (subject.experiment.trial(0).generator == "Default" && subject.value(subject.experiment.trial(0))) {
    card.rows.push_back(row(subject, "your defaults", 0));
  }
  drop_empty_columns(card);
  return card;
}

}  // namespace stune::analysis
