#include "generation/propose.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numeric>
#include <vector>

#include "generation/sobol.hpp"

namespace stune::generation {

namespace {

constexpr double noisy_ratio = 0.05;  // noise over process variance from which ranks of single outcomes mean little
constexpr double exact_ratio = 1e-3;  // below it the best outcome is taken for what it is

// The second start of a fit costs most of a proposal, and is needed now and then only: always while it is cheap, then
// for two trials of four (both outcome transforms), then for two of twenty.
bool wants_default_start(Eigen::Index outcomes, std::int64_t trial) {
  if (outcomes <= 60) return true;
  return trial % (outcomes <= 150 ? 4 : 20) < 2;
}

model::Warp choose_warp(const Knowledge& known, const ProposalOptions& options) {
  if (options.warp) return *options.warp;
  const bool noisy = known.warm_start && known.warm_start->noise > noisy_ratio * known.warm_start->output_scale;
  if (noisy || options.trial % 2 != 0) return model::Warp::yeo_johnson;
  return model::Warp::half_rank_log;
}

model::RegressionOptions regression_options(const Knowledge& known, const ProposalOptions& options) {
  model::RegressionOptions result;
  result.warp = choose_warp(known, options);
  result.warm_start = known.warm_start;
  result.refit = options.refit;
  result.fit.deterministic = options.deterministic;
  result.fit.default_start = wants_default_start(known.measured.y.size(), options.trial);
  return result;
}

// Indices of finite outcomes, the best believed first.
std::vector<Eigen::Index> ranking(const Eigen::VectorXd& y, const Eigen::VectorXd& believed) {
  std::vector<Eigen::Index> order;
  for (Eigen::Index i = 0; i < y.size(); ++i) {
    if (std::isfinite(y(i))) order.push_back(i);
  }
  std::stable_sort(order.begin(), order.end(),
                   [&](Eigen::Index a, Eigen::Index b) { return believed(a) > believed(b); });
  return order;
}

Proposal quasi_random(const Domain& domain, const Exclusion* excluded, Fallback why, const ProposalOptions& options) {
  Proposal proposal;
  const auto point = point_left(domain, excluded, options.stream);
  if (!point) return proposal;
  proposal.origin = ProposalOrigin::quasi_random;
  proposal.fallback = why;
  proposal.point = *point;
  return proposal;
}

Eigen::MatrixXd stacked(const Eigen::MatrixXd& a, const Eigen::MatrixXd& b) {
  if (b.rows() == 0) return a;
  Eigen::MatrixXd both(a.rows() + b.rows(), b.cols());
  if (a.rows() > 0) both.topRows(a.rows()) = a;
  both.bottomRows(b.rows()) = b;
  return both;
}

// Fills in the point; false when there is no usable maximum.
bool optimize(const Domain& domain, const Knowledge& known, const model::Regression& regression,
              const Exclusion* excluded, const ProposalOptions& options, Proposal& proposal) {
  const bool exact = regression.noise_ratio() < exact_ratio;
  const Eigen::VectorXd believed = exact ? regression.outcomes() : regression.posterior().mean_at_observations();
  const auto order = ranking(known.measured.y, believed);
  double best = believed(order.front());

  model::Posterior posterior = regression.posterior();
  if (known.pending.rows() > 0) {
    best = std::max(best, posterior.predict(known.pending).mean.maxCoeff());
    posterior = posterior.with_believed(known.pending);
  }
  const std::vector<Eigen::Index> top(order.begin(), order.begin() + std::min<std::ptrdiff_t>(6, std::ssize(order)));
  Eigen::MatrixXd best_known = known.measured.X(top, Eigen::all);
  for (Eigen::Index i = 0; i < best_known.rows(); ++i) {
    best_known.row(i) = domain.snap(best_known.row(i).transpose()).transpose();
  }
  const LogExpectedImprovement acquisition(posterior, best);
  const auto maximum = maximize(acquisition, domain, best_known, excluded, options.stream, options.optimizer);
  if (!maximum) {
    proposal.origin = ProposalOrigin::exhausted;
    return true;
  }
  if (!std::isfinite(maximum->value)) return false;
  proposal.origin = ProposalOrigin::model;
  proposal.point = maximum->point;
  proposal.log_expected_improvement = maximum->value;
  return true;
}

}  // namespace

const char* describe(Fallback fallback) {
  switch (fallback) {
    case Fallback::none:
      return "nothing went wrong";
    case Fallback::too_few_outcomes:
      return "fewer than two trials have a finite outcome";
    case Fallback::no_model:
      return "no Gaussian process fits the outcomes";
    case Fallback::no_value:
      return "the acquisition function has no finite value";
  }
  return "unknown";
}

Proposal propose(const Domain& domain, const Knowledge& known, const ProposalOptions& options) {
  assert(domain.size() >= 1);
  std::optional<Exclusion> excluded;
  if (!options.allow_repeats) excluded.emplace(domain, stacked(known.measured.X, known.pending));
  const Exclusion* const exclusion = excluded ? &*excluded : nullptr;

  const auto finite = known.measured.y.unaryExpr([](double y) { return std::isfinite(y); }).count();
  if (finite < 2) return quasi_random(domain, exclusion, Fallback::too_few_outcomes, options);

  const auto fit_options = regression_options(known, options);
  const auto regression = model::Regression::make(model::FeatureMap(domain.categories()), known.measured, fit_options);
  if (!regression) return quasi_random(domain, exclusion, Fallback::no_model, options);

  Proposal proposal;
  proposal.warp = fit_options.warp;
  proposal.fit = regression->fit_result().outcome;
  if (!optimize(domain, known, *regression, exclusion, options, proposal)) {
    return quasi_random(domain, exclusion, Fallback::no_value, options);
  }
  proposal.fitted = regression->posterior().theta();
  return proposal;
}

Eigen::VectorXd initial_point(const Domain& domain, std::uint64_t seed, std::int64_t index) {
  if (index == 0) return domain.centre();
  const ScrambledSobol sobol(domain.size(), seed);
  return domain.from_uniform(sobol.points(static_cast<std::uint64_t>(index - 1), 1)).row(0).transpose();
}

}  // namespace stune::generation
