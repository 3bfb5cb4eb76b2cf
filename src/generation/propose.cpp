#include "generation/propose.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <memory>
#include <numeric>
#include <utility>
#include <vector>

#include "generation/followers.hpp"
#include "generation/neighbourhood.hpp"
#include "generation/raw_points.hpp"
#include "generation/sobol.hpp"

namespace stune::generation {

namespace {

constexpr double noisy_ratio = 0.05;  // noise over process variance from which ranks of single outcomes mean little
constexpr double exact_ratio = 1e-3;  // below it the best outcome is taken for what it is

constexpr Eigen::Index largest_exact = 1000;    // beyond, models are local
constexpr Eigen::Index local_size = 320;        // measurements of a local model
constexpr int local_iterations = 10;            // of its fit, which starts from the last one's result
constexpr Eigen::Index always_refitted = 100;   // up to so many outcomes every new one refits
constexpr double surprise = 4.0;                // an outcome so many standard deviations away does so later, too,
constexpr Eigen::Index between_surprises = 50;  // but not before there are so much more, as a part of all

constexpr double nothing_new = 1e-4;  // of the width of the space

constexpr Eigen::Index others_looked_at = 96;  // for the points after the first

// Where so many trials run at once, none waits long and no single one decides.
constexpr Eigen::Index many_pending = 32;
constexpr double work_with_many_pending = 4e7;
constexpr Eigen::Index largest_with_many_pending = 500;
constexpr Eigen::Index fitted_with_many_pending = 256;
constexpr Eigen::Index nearby = 180;  // measurements, and half as many pending: an explicit inverse is kept of them

// The second start of a fit costs most of a proposal, and is needed now and then only: always while it is cheap, then
// for two trials of four (both outcome transforms), then for two of twenty.
bool wants_default_start(Eigen::Index outcomes, std::int64_t trial) {
  if (outcomes <= 60) return true;
  return trial % (outcomes <= 150 ? 4 : 20) < 2;
}

Eigen::MatrixXd stacked(const Eigen::MatrixXd& a, const Eigen::MatrixXd& b) {
  if (b.rows() == 0) return a;
  Eigen::MatrixXd both(a.rows() + b.rows(), b.cols());
  if (a.rows() > 0) both.topRows(a.rows()) = a;
  both.bottomRows(b.rows()) = b;
  return both;
}

bool noisy(const Knowledge& known) {
  return known.warm_start && known.warm_start->noise > noisy_ratio * known.warm_start->output_scale;
}

model::Warp warp_of_next_fit(const Knowledge& known, const ProposalOptions& options) {
  if (noisy(known)) return model::Warp::yeo_johnson;
  if (options.warp) return *options.warp;
  return options.trial % 2 != 0 ? model::Warp::yeo_johnson : model::Warp::half_rank_log;
}

bool refit_is_due(const Knowledge& known) {
  const Eigen::Index n = known.measured.y.size();
  return !known.warm_start || n <= always_refitted || 20 * n >= 21 * known.base;
}

// With the last fit as it is, or nothing where a new one is wanted.
std::optional<model::Regression> with_last_fit(const model::FeatureMap& map, const Knowledge& known,
                                               const ProposalOptions& options, Kept& kept) {
  if (options.refit == Refit::always || !known.warm_start) return std::nullopt;
  if (options.refit == Refit::when_due && refit_is_due(known)) return std::nullopt;
  model::RegressionOptions asked;
  asked.warp = known.warp;
  asked.warm_start = known.warm_start;
  asked.refit = false;
  asked.base = known.base;
  auto regression = model::Regression::make(map, known.measured, asked, &kept.measured);
  const bool may_be_surprised = between_surprises * known.measured.y.size() >= (between_surprises + 1) * known.base;
  if (regression && options.refit == Refit::when_due && may_be_surprised && regression->largest_surprise() > surprise) {
    return std::nullopt;
  }
  return regression;
}

std::optional<model::Regression> with_new_fit(const model::FeatureMap& map, const Knowledge& known,
                                              const ProposalOptions& options, Kept& kept) {
  model::RegressionOptions asked;
  asked.warp = warp_of_next_fit(known, options);
  asked.warm_start = known.warm_start;
  asked.fit.deterministic = options.deterministic;
  asked.fit.default_start = wants_default_start(known.measured.y.size(), options.trial);
  asked.fit.quiet_start = asked.fit.default_start || known.measured.y.size() <= always_refitted;
  if (options.optimizer.search.box.lower.size() != 0 && known.warm_start) {
    asked.fit.default_start = asked.fit.quiet_start = false;
    asked.fit.max_iterations = local_iterations;
  }
  if (known.pending.rows() >= many_pending) asked.largest_fit = fitted_with_many_pending;
  return model::Regression::make(map, known.measured, asked, &kept.measured);
}

// The posterior that believes the pending points too. In the factor of all points each keeps the place it was given
// when its trial was created, so that an outcome changes no factor.
model::Posterior with_pending(const Knowledge& known, const model::Regression& regression, Eigen::Index base,
                              Kept& kept) {
  const model::Posterior& posterior = regression.posterior();
  const Eigen::Index n = known.measured.y.size(), p = known.pending.rows();
  const auto created = [&](Eigen::Index i) {
    if (known.measured_trial.empty() && known.pending_trial.empty()) return static_cast<std::int64_t>(i);
    return i < n ? known.measured_trial[static_cast<std::size_t>(i)]
                 : known.pending_trial[static_cast<std::size_t>(i - n)];
  };
  std::vector<Eigen::Index> order(static_cast<std::size_t>(n + p));
  std::iota(order.begin(), order.end(), Eigen::Index{0});
  std::stable_sort(order.begin() + base, order.end(),
                   [&](Eigen::Index a, Eigen::Index b) { return created(a) < created(b); });
  Eigen::VectorXd noise(n + p);
  noise << regression.noise(), model::noise_diagonal({}, p, posterior.theta().noise);
  auto covariance = kept.all.get(posterior.covariance().map(), posterior.theta(),
                                 stacked(known.measured.X, known.pending)(order, Eigen::all), noise(order), base);
  if (!covariance) return posterior.with_believed(known.pending);
  std::vector<Eigen::Index> places(static_cast<std::size_t>(n));
  for (std::size_t place = 0; place < order.size(); ++place) {
    if (order[place] < n) places[static_cast<std::size_t>(order[place])] = static_cast<Eigen::Index>(place);
  }
  return posterior.with_covariance(std::move(covariance), places);
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

// The same in the surroundings of a good point only, where all together would be too many to look at within the time
// that so many running trials leave for one.
std::optional<model::Posterior> with_pending_nearby(const Knowledge& known, const model::Regression& regression,
                                                    const Neighbourhood& where) {
  const model::Posterior& posterior = regression.posterior();
  const auto& map = posterior.covariance().map();
  const auto n = std::ssize(where.measured), p = std::ssize(where.pending);
  const Eigen::MatrixXd X = known.measured.X(where.measured, Eigen::all);
  Eigen::VectorXd noise(n + p);
  noise << regression.noise()(where.measured), model::noise_diagonal({}, p, posterior.theta().noise);
  auto measured = model::Covariance::make(map, posterior.theta(), X, noise.head(n));
  auto all =
      model::Covariance::make(map, posterior.theta(), stacked(X, known.pending(where.pending, Eigen::all)), noise);
  if (!measured || !all) return std::nullopt;
  const model::Posterior local(std::make_shared<const model::Covariance>(*std::move(measured)),
                               regression.outcomes()(where.measured));
  std::vector<Eigen::Index> places(static_cast<std::size_t>(n));
  std::iota(places.begin(), places.end(), Eigen::Index{0});
  return local.with_covariance(std::make_shared<const model::Covariance>(*std::move(all)), places);
}

// Is the point so close to a known one that, without noise, its outcome is as good as known?
bool tells_nothing_new(const Knowledge& known, const Eigen::VectorXd& point) {
  const auto close = [&](const Eigen::MatrixXd& X) {
    for (Eigen::Index i = 0; i < X.rows(); ++i) {
      if ((X.row(i).transpose() - point).cwiseAbs().maxCoeff() < nothing_new) return true;
    }
    return false;
  };
  return close(known.measured.X) || close(known.pending);
}

// Where the outcome may be highest if the model is wrong about what it has not seen: guards against a local maximum
// that has been climbed to its top.
std::optional<Eigen::VectorXd> unexplored(const Domain& domain, const model::Posterior& posterior,
                                          const Exclusion* excluded, std::uint64_t stream) {
  constexpr double optimism = 3.0;
  const Eigen::MatrixXd P = spread_points(domain, 512, ~stream);
  const model::Prediction at = posterior.predict(P);
  Eigen::Index place = 0;
  (at.mean.array() + optimism * at.variance.array().sqrt()).maxCoeff(&place);
  Eigen::VectorXd point = P.row(place).transpose();
  if (excluded != nullptr && excluded->contains(point)) return std::nullopt;
  return point;
}

// Fills in the point; false when there is no usable maximum.
bool optimize(const Domain& domain, const Knowledge& known, const model::Regression& regression,
              const Exclusion* excluded, const ProposalOptions& options, Kept& kept, Proposal& proposal) {
  const bool exact = regression.noise_ratio() < exact_ratio;
  const Eigen::VectorXd believed = exact ? regression.outcomes() : regression.posterior().mean_at_observations();
  const auto order = ranking(known.measured.y, believed);
  double best = believed(order.front());

  model::Posterior posterior = regression.posterior();
  AcquisitionOptimizerOptions optimizer = options.optimizer;
  const Eigen::Index n = known.measured.y.size(), p = known.pending.rows();
  if (p >= many_pending) optimizer.work = std::min(optimizer.work, work_with_many_pending);
  if (p >= many_pending && n + p > largest_with_many_pending) {
    const auto where = neighbourhood(domain, known, posterior.theta().lengthscales, nearby, nearby / 2, options.stream);
    if (auto local = with_pending_nearby(known, regression, where)) {
      posterior = *std::move(local);
      optimizer.search.box = where.box;
    }
  } else if (p > 0) {
    best = std::max(best, posterior.predict_mean(known.pending).maxCoeff());
    posterior = with_pending(known, regression, proposal.refitted || known.base == 0 ? n : known.base, kept);
  }
  const std::vector<Eigen::Index> top(order.begin(), order.begin() + std::min<std::ptrdiff_t>(6, std::ssize(order)));
  Eigen::MatrixXd best_known = known.measured.X(top, Eigen::all);
  for (Eigen::Index i = 0; i < best_known.rows(); ++i) {
    best_known.row(i) = domain.snap(best_known.row(i).transpose()).transpose();
  }
  const LogExpectedImprovement acquisition(posterior, best);
  if (options.count > 1) optimizer.others = others_looked_at;
  const auto maximum = maximize(acquisition, domain, best_known, excluded, options.stream, optimizer);
  if (!maximum) {
    proposal.origin = ProposalOrigin::exhausted;
    return true;
  }
  if (!std::isfinite(maximum->value)) return false;
  proposal.origin = ProposalOrigin::model;
  proposal.point = maximum->point;
  proposal.log_expected_improvement = maximum->value;
  if (exact && tells_nothing_new(known, proposal.point)) {
    if (auto other = unexplored(domain, posterior, excluded, options.stream)) proposal.point = *std::move(other);
  }
  if (maximum->others.rows() > 0) {
    for (const Eigen::Index i : followers(acquisition, proposal.point, maximum->others, options.count - 1)) {
      proposal.further.emplace_back(maximum->others.row(i).transpose());
    }
  }
  return true;
}

Proposal from_model(const Domain& domain, const Knowledge& known, const Exclusion* exclusion,
                    const ProposalOptions& options, Kept& kept) {
  const model::FeatureMap map(domain.categories());
  auto regression = with_last_fit(map, known, options, kept);
  Proposal proposal;
  proposal.refitted = !regression;
  proposal.warp = regression ? known.warp : warp_of_next_fit(known, options);
  if (!regression) regression = with_new_fit(map, known, options, kept);
  if (!regression) return quasi_random(domain, exclusion, Fallback::no_model, options);
  proposal.fit = regression->fit_result().outcome;
  if (!optimize(domain, known, *regression, exclusion, options, kept, proposal)) {
    return quasi_random(domain, exclusion, Fallback::no_value, options);
  }
  proposal.fitted = regression->posterior().theta();
  return proposal;
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

Proposal propose(const Domain& domain, const Knowledge& known, const ProposalOptions& options, Kept* kept_or_null) {
  assert(domain.size() >= 1);
  std::optional<Exclusion> excluded;
  if (!options.allow_repeats) excluded.emplace(domain, stacked(known.measured.X, known.pending));
  const Exclusion* const exclusion = excluded ? &*excluded : nullptr;

  const auto finite = known.measured.y.unaryExpr([](double y) { return std::isfinite(y); }).count();
  if (finite < 2) return quasi_random(domain, exclusion, Fallback::too_few_outcomes, options);

  Kept nothing;
  if (known.measured.y.size() <= largest_exact) {
    return from_model(domain, known, exclusion, options, kept_or_null != nullptr ? *kept_or_null : nothing);
  }
  const auto priors = model::Priors::of(model::FeatureMap(domain.categories()), options.deterministic);
  const bool scaled = known.warm_start && known.warm_start->lengthscales.size() == domain.size();
  const Eigen::VectorXd lengthscales =
      scaled ? known.warm_start->lengthscales : model::default_hyperparameters(priors, {}).lengthscales;
  const Neighbourhood local = neighbourhood(domain, known, lengthscales, local_size, local_size, options.stream);
  ProposalOptions inside = options;
  inside.optimizer.search.box = local.box;
  if (inside.refit == Refit::when_due) inside.refit = Refit::always;
  return from_model(domain, part(known, local), exclusion, inside, nothing);
}

Eigen::VectorXd initial_point(const Domain& domain, std::uint64_t seed, std::int64_t index) {
  if (index == 0) return domain.centre();
  const ScrambledSobol sobol(domain.size(), seed);
  return domain.from_uniform(sobol.points(static_cast<std::uint64_t>(index - 1), 1)).row(0).transpose();
}

}  // namespace stune::generation
