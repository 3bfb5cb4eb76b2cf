#include "generation/believing.hpp"

#include <algorithm>
#include <memory>
#include <numeric>
#include <utility>
#include <vector>

#include "generation/neighbourhood.hpp"

namespace stune::generation {

namespace {

constexpr Eigen::Index largest_with_many_pending = 500;
constexpr Eigen::Index nearby = 180;  // measurements, and half as many pending: an explicit inverse is kept of them

Eigen::MatrixXd stacked(const Eigen::MatrixXd& a, const Eigen::MatrixXd& b) {
  Eigen::MatrixXd both(a.rows() + b.rows(), b.cols());
  both << a, b;
  return both;
}

// In the factor of all points each keeps the place it was given when its trial was created, so that an outcome changes
// no factor.
model::Posterior with_all(const Knowledge& known, const model::Regression& regression, Eigen::Index base,
                          model::KeptCovariance& kept) {
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
  noise << regression.noise(), model::noise_diagonal({}, p, regression.typical_noise());
  auto covariance = kept.get(posterior.covariance().map(), posterior.theta(),
                             stacked(known.measured.X, known.pending)(order, Eigen::all), noise(order), base);
  if (!covariance) return posterior.with_believed(known.pending, regression.typical_noise());
  std::vector<Eigen::Index> places(static_cast<std::size_t>(n));
  for (std::size_t place = 0; place < order.size(); ++place) {
    if (order[place] < n) places[static_cast<std::size_t>(order[place])] = static_cast<Eigen::Index>(place);
  }
  return posterior.with_covariance(std::move(covariance), places);
}

// In the surroundings of a good point only, where all together would be too many to look at within the time that so
// many running trials leave for one.
std::optional<Beliefs> nearby_only(const Domain& domain, const Knowledge& known, const model::Regression& regression,
                                   double best, std::uint64_t stream) {
  const model::Hyperparameters& theta = regression.posterior().theta();
  const auto& map = regression.posterior().covariance().map();
  const Neighbourhood where = neighbourhood(domain, known, theta, nearby, nearby / 2, stream);
  const auto n = std::ssize(where.measured), p = std::ssize(where.pending);
  const Eigen::MatrixXd X = known.measured.X(where.measured, Eigen::all);
  const Eigen::MatrixXd pending = known.pending(where.pending, Eigen::all);
  Eigen::VectorXd noise(n + p);
  noise << regression.noise()(where.measured), model::noise_diagonal({}, p, regression.typical_noise());
  auto measured = model::Covariance::make(map, theta, X, noise.head(n));
  auto all = model::Covariance::make(map, theta, stacked(X, pending), noise);
  if (!measured || !all) return std::nullopt;
  const model::Posterior local(std::make_shared<const model::Covariance>(*std::move(measured)),
                               regression.outcomes()(where.measured));
  std::vector<Eigen::Index> places(static_cast<std::size_t>(n));
  std::iota(places.begin(), places.end(), Eigen::Index{0});
  return Beliefs{local.with_covariance(std::make_shared<const model::Covariance>(*std::move(all)), places),
                 std::max(best, local.predict_mean(pending).maxCoeff()), where.box};
}

}  // namespace

Beliefs with_pending(const Domain& domain, const Knowledge& known, const model::Regression& regression,
                     Eigen::Index base, double best, std::uint64_t stream, model::KeptCovariance& kept) {
  const model::Posterior& posterior = regression.posterior();
  const Eigen::Index n = known.measured.y.size(), p = known.pending.rows();
  if (p == 0) return {posterior, best};
  if (p >= many_pending && n + p > largest_with_many_pending) {
    if (auto beliefs = nearby_only(domain, known, regression, best, stream)) return *std::move(beliefs);
    return {posterior, best};
  }
  return {with_all(known, regression, base, kept), std::max(best, posterior.predict_mean(known.pending).maxCoeff())};
}

}  // namespace stune::generation
