#include "surrogate/surrogate.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "model/regression.hpp"

namespace stune {
namespace {

constexpr double quantile_of_975 = 1.959963984540054;

std::vector<int> categories(const SearchSpace& space) {
  std::vector<int> codes;
  for (const Axis& axis : space.axes()) codes.push_back(axis.kind == Axis::Kind::categories ? axis.count : 0);
  return codes;
}

double sign(const Experiment& experiment) {
  return experiment.definition().optimization.objectives.front().minimize ? -1.0 : 1.0;
}

/// In max-form.
double observed(const Experiment& experiment, const Trial& trial) {
  return sign(experiment) * objective_of(experiment, trial)->mean;
}

/// The best quarter of `most`, and an even spread over the others; in their order.
std::vector<const Trial*> thinned(const Experiment& experiment, std::vector<const Trial*> trials, std::size_t most) {
  if (trials.size() <= most) return trials;
  const auto value = [&](const Trial* trial) { return observed(experiment, *trial); };
  const auto best = static_cast<std::ptrdiff_t>(most / 4);
  std::ranges::stable_sort(trials, std::ranges::greater{}, value);
  std::ranges::sort(trials.begin() + best, trials.end(), {}, &Trial::index);
  const std::size_t others = most - static_cast<std::size_t>(best);
  std::vector<const Trial*> chosen(trials.begin(), trials.begin() + best);
  for (std::size_t i = 0; i < others; ++i) {
    chosen.push_back(
        trials[static_cast<std::size_t>(best) + i * (trials.size() - static_cast<std::size_t>(best)) / others]);
  }
  std::ranges::sort(chosen, {}, &Trial::index);
  return chosen;
}

/// In max-form.
model::Measurements measurements(const Experiment& experiment, const std::vector<const Trial*>& trials) {
  const SearchSpace& space = experiment.definition().space;
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
  return data;
}

std::optional<model::Regression> regression_of(const model::FeatureMap& map, const model::Measurements& data) {
  auto regression = model::Regression::make(map, data, {.warp = model::Warp::yeo_johnson});
  if (!regression || regression->noise_ratio() <= model::noisy_ratio) return regression;
  auto of_noisy = model::Regression::make(map, data, {.warp = model::Warp::winsorized});
  return of_noisy ? std::move(of_noisy) : std::move(regression);
}

std::vector<double> encoded(const Experiment& experiment, const std::vector<const Trial*>& trials) {
  std::vector<double> points;
  for (const Trial* trial : trials) {
    const std::vector<double> x = experiment.definition().space.encode(trial->parameters);
    points.insert(points.end(), x.begin(), x.end());
  }
  return points;
}

BestPoint best_observed(const Experiment& experiment, const std::vector<const Trial*>& trials) {
  const auto value_of = [&](const Trial* trial) { return observed(experiment, *trial); };
  const Trial& best = **std::ranges::max_element(trials, {}, value_of);
  const Observation value = *objective_of(experiment, best);
  const double reach = quantile_of_975 * value.sem;
  return {best.index, {value.mean, value.sem, value.mean - reach, value.mean + reach}};
}

/// The highest mean is often that of a point of which little is known.
BestPoint best_believed(const Experiment& experiment, const Surrogate& model, const std::vector<const Trial*>& trials) {
  constexpr std::size_t looked_at_closely = 100;  // a standard error costs a thousand times what a mean does
  const double direction = sign(experiment);
  const std::vector<double> means = model.means(encoded(experiment, trials));
  std::vector<std::size_t> order(trials.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, std::ranges::greater{}, [&](std::size_t i) { return direction * means[i]; });
  order.resize(std::min(order.size(), looked_at_closely));
  std::vector<const Trial*> promising;
  for (const std::size_t i : order) promising.push_back(trials[i]);
  const std::vector<Belief> beliefs = model.predict_encoded(encoded(experiment, promising));
  const auto best =
      std::ranges::max_element(beliefs, {}, [&](const Belief& belief) { return direction * belief.mean - belief.sem; });
  return {promising[static_cast<std::size_t>(best - beliefs.begin())]->index, *best};
}

}  // namespace

struct Surrogate::Impl {
  SearchSpace space;
  double sign = 1.0;
  std::vector<int> trials;
  std::vector<double> observed;  // in the user's units
  model::Regression regression;

  Eigen::MatrixXd rows(std::span<const double> points) const {
    const auto d = static_cast<Eigen::Index>(space.dimension());
    using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
    return Eigen::Map<const RowMajor>(points.data(), static_cast<Eigen::Index>(points.size()) / d, d);
  }
  Belief belief(const model::UserPrediction& p, Eigen::Index i) const {
    if (sign > 0) return {p.mean(i), p.sem(i), p.low(i), p.high(i)};
    return {-p.mean(i), p.sem(i), -p.high(i), -p.low(i)};
  }
};

Surrogate::Surrogate(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}

std::optional<Surrogate> Surrogate::fit(const Experiment& experiment) {
  const SearchSpace& space = experiment.definition().space;
  const std::vector<const Trial*> trials = thinned(experiment, measured_trials(experiment), most_trials);
  if (trials.size() < 2 || space.dimension() == 0) return {};
  const model::Measurements data = measurements(experiment, trials);
  auto regression = regression_of(model::FeatureMap(categories(space)), data);
  if (!regression) return {};
  Impl impl{space, sign(experiment), {}, {}, std::move(*regression)};
  for (std::size_t i = 0; i < trials.size(); ++i) {
    impl.trials.push_back(trials[i]->index);
    impl.observed.push_back(impl.sign * data.y(static_cast<Eigen::Index>(i)));
  }
  return Surrogate(std::make_shared<const Impl>(std::move(impl)));
}

std::vector<Belief> Surrogate::predict(std::span<const Parameterization> points) const {
  std::vector<double> all;
  for (const Parameterization& point : points) {
    const std::vector<double> x = impl_->space.encode(impl_->space.validated(point));
    all.insert(all.end(), x.begin(), x.end());
  }
  return predict_encoded(all);
}

std::vector<Belief> Surrogate::predict_encoded(std::span<const double> points) const {
  const model::UserPrediction predicted = impl_->regression.predict(impl_->rows(points));
  std::vector<Belief> beliefs;
  for (Eigen::Index i = 0; i < predicted.mean.size(); ++i) beliefs.push_back(impl_->belief(predicted, i));
  return beliefs;
}

std::vector<double> Surrogate::means(std::span<const double> points) const {
  const Eigen::VectorXd medians = impl_->sign * impl_->regression.predict_median(impl_->rows(points));
  return {medians.begin(), medians.end()};
}

std::vector<LeftOut> Surrogate::leave_one_out() const {
  const model::UserPrediction predicted = impl_->regression.leave_one_out();
  std::vector<LeftOut> all;
  for (std::size_t i = 0; i < impl_->trials.size(); ++i) {
    all.push_back({impl_->trials[i], impl_->observed[i], impl_->belief(predicted, static_cast<Eigen::Index>(i))});
  }
  return all;
}

const std::vector<int>& Surrogate::trials() const { return impl_->trials; }

double Surrogate::noise_share() const {
  const double ratio = impl_->regression.noise_ratio();
  return ratio / (1.0 + ratio);
}

std::vector<const Trial*> measured_trials(const Experiment& experiment) {
  std::vector<const Trial*> trials;
  for (const Trial& trial : experiment.trials()) {
    if (trial.status != TrialStatus::completed && trial.status != TrialStatus::early_stopped) continue;
    const auto value = objective_of(experiment, trial);
    if (value && std::isfinite(value->mean)) trials.push_back(&trial);
  }
  return trials;
}

std::optional<BestPoint> best_point(const Experiment& experiment, bool by_model) {
  const auto model = by_model ? Surrogate::fit(experiment) : std::nullopt;
  return best_point(experiment, model ? &*model : nullptr);
}

std::optional<BestPoint> best_point(const Experiment& experiment, const Surrogate* model) {
  std::vector<const Trial*> trials = measured_trials(experiment);
  std::erase_if(trials, [](const Trial* trial) { return trial->status != TrialStatus::completed; });
  if (trials.empty()) return {};
  return model != nullptr ? best_believed(experiment, *model, trials) : best_observed(experiment, trials);
}

}  // namespace stune
