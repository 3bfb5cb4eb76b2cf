#include "surrogate/surrogate.hpp"

#include <algorithm>
#include <cmath>

#include "model/regression.hpp"

namespace stune {
namespace {

std::vector<int> categories(const SearchSpace& space) {
  std::vector<int> codes;
  for (const Axis& axis : space.axes()) codes.push_back(axis.kind == Axis::Kind::categories ? axis.count : 0);
  return codes;
}

/// Completed trials with a finite objective.
std::vector<const Trial*> measured_trials(const Experiment& experiment) {
  std::vector<const Trial*> trials;
  for (const Trial& trial : experiment.trials()) {
    if (trial.status != TrialStatus::completed && trial.status != TrialStatus::early_stopped) continue;
    const auto value = objective_of(experiment, trial);
    if (value && std::isfinite(value->mean)) trials.push_back(&trial);
  }
  return trials;
}

double sign(const Experiment& experiment) {
  return experiment.definition().optimization.objectives.front().minimize ? -1.0 : 1.0;
}

}  // namespace

struct Surrogate::Impl {
  SearchSpace space;
  double sign = 1.0;
  model::Regression regression;
};

Surrogate::Surrogate(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Surrogate::Surrogate(Surrogate&&) noexcept = default;
Surrogate::~Surrogate() = default;

std::optional<Surrogate> Surrogate::fit(const Experiment& experiment) {
  const SearchSpace& space = experiment.definition().space;
  const std::vector<const Trial*> trials = measured_trials(experiment);
  if (trials.size() < 2 || space.dimension() == 0) return {};
  const auto n = static_cast<Eigen::Index>(trials.size());
  model::Measurements data;
  data.X.resize(n, static_cast<Eigen::Index>(space.dimension()));
  data.y.resize(n);
  data.sem.resize(n);
  for (Eigen::Index i = 0; i < n; ++i) {
    const Trial& trial = *trials[static_cast<std::size_t>(i)];
    const std::vector<double> x = space.encode(trial.parameters);
    data.X.row(i) = Eigen::Map<const Eigen::RowVectorXd>(x.data(), data.X.cols());
    const Observation value = *objective_of(experiment, trial);
    data.y(i) = sign(experiment) * value.mean;
    data.sem(i) = value.sem;
  }
  auto regression = model::Regression::make(model::FeatureMap(categories(space)), data, {});
  if (!regression) return {};
  return Surrogate(std::make_unique<Impl>(Impl{space, sign(experiment), std::move(*regression)}));
}

std::vector<Belief> Surrogate::predict(std::span<const Parameterization> points) const {
  Eigen::MatrixXd P(static_cast<Eigen::Index>(points.size()), static_cast<Eigen::Index>(impl_->space.dimension()));
  for (std::size_t i = 0; i < points.size(); ++i) {
    const std::vector<double> x = impl_->space.encode(impl_->space.validated(points[i]));
    P.row(static_cast<Eigen::Index>(i)) = Eigen::Map<const Eigen::RowVectorXd>(x.data(), P.cols());
  }
  const model::UserPrediction predicted = impl_->regression.predict(P);
  std::vector<Belief> beliefs;
  for (Eigen::Index i = 0; i < P.rows(); ++i) beliefs.push_back({impl_->sign * predicted.mean(i), predicted.sem(i)});
  return beliefs;
}

std::optional<BestPoint> best_point(const Experiment& experiment, bool by_model) {
  const std::vector<const Trial*> trials = measured_trials(experiment);
  if (trials.empty()) return {};
  std::vector<Belief> beliefs;
  if (const auto surrogate = by_model ? Surrogate::fit(experiment) : std::nullopt) {
    std::vector<Parameterization> points;
    for (const Trial* trial : trials) points.push_back(trial->parameters);
    beliefs = surrogate->predict(points);
  } else {
    for (const Trial* trial : trials) {
      const Observation value = *objective_of(experiment, *trial);
      beliefs.push_back({value.mean, value.sem});
    }
  }
  const double direction = sign(experiment);
  const auto best = std::ranges::max_element(beliefs, {}, [&](const Belief& b) { return direction * b.mean; });
  const auto place = static_cast<std::size_t>(best - beliefs.begin());
  return BestPoint{trials[place]->index, *best};
}

}  // namespace stune
