#include "generation/neighbourhood.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>
#include <vector>

#include "generation/fitting.hpp"
#include "generation/random_numbers.hpp"

namespace stune::generation {

namespace {

using Indices = std::vector<Eigen::Index>;

constexpr double least_width = 0.02;     // of a box
constexpr double smoothing_reach = 0.1;  // squared, in lengthscales: a hill is wider

Indices all(Eigen::Index n) {
  Indices indices(static_cast<std::size_t>(n));
  std::iota(indices.begin(), indices.end(), Eigen::Index{0});
  return indices;
}

Eigen::VectorXd squared_distances(const Domain& domain, const Eigen::MatrixXd& X, const Eigen::VectorXd& from,
                                  const Eigen::VectorXd& lengthscales) {
  Eigen::VectorXd sum = Eigen::VectorXd::Zero(X.rows());
  for (Eigen::Index j = 0; j < X.cols(); ++j) {
    const double weight = 1.0 / (lengthscales(j) * lengthscales(j));
    if (domain[j].is_categorical()) {
      sum.array() += (X.col(j).array() != from(j)).cast<double>() * weight;
    } else {
      sum.array() += (X.col(j).array() - from(j)).square() * weight;
    }
  }
  return sum;
}

// The finite outcomes, the best first, as far as the first `count` of them.
Indices best_first(const Eigen::VectorXd& y, Eigen::Index count) {
  Indices order = all(y.size());
  std::erase_if(order, [&](Eigen::Index i) { return !std::isfinite(y(i)); });
  const auto end = order.begin() + std::min<std::ptrdiff_t>(count, std::ssize(order));
  std::partial_sort(order.begin(), end, order.end(),
                    [&](Eigen::Index a, Eigen::Index b) { return y(a) > y(b) || (y(a) == y(b) && a < b); });
  order.erase(end, order.end());
  return order;
}

// Averages at these points over all outcomes, each with the weight of its correlation; `noise` is over the variance of
// the process, and draws to the average of all where a point has few neighbours. What is worse than the median counts
// as that.
Eigen::VectorXd smoothed(const Domain& domain, const Knowledge& known, const model::Hyperparameters& theta,
                         double noise, const Indices& points) {
  Eigen::VectorXd y = known.measured.y;
  const Indices finite = best_first(y, y.size());
  const double median = y(finite[finite.size() / 2]);
  y = y.unaryExpr([&](double v) { return std::isfinite(v) ? std::max(v, median) : median; });
  const double average = y.mean();
  Eigen::VectorXd result(std::ssize(points));
  for (Eigen::Index k = 0; k < result.size(); ++k) {
    const Eigen::VectorXd from = known.measured.X.row(points[static_cast<std::size_t>(k)]).transpose();
    const Eigen::ArrayXd weights =
        (-0.5 * squared_distances(domain, known.measured.X, from, theta.lengthscales).array() / smoothing_reach).exp();
    result(k) = (weights.matrix().dot(y) + noise * average) / (weights.sum() + noise);
  }
  return result;
}

// Mostly the best point, now and then another good one: a second hill may be higher.
Eigen::Index centre(const Domain& domain, const Knowledge& known, const model::Hyperparameters& theta,
                    RandomNumbers& random) {
  constexpr Eigen::Index good = 64;
  Indices order = best_first(known.measured.y, good);
  assert(!order.empty());
  if (const double noise = noise_ratio(known); noise > model::noisy_ratio) {
    const Eigen::VectorXd average = smoothed(domain, known, theta, noise, order);
    const Indices by_average = best_first(average, average.size());
    Indices reordered;
    for (const Eigen::Index k : by_average) reordered.push_back(order[static_cast<std::size_t>(k)]);
    order = std::move(reordered);
  }
  if (random.uniform() < 0.7) return order.front();
  return order[static_cast<std::size_t>(random.below(std::ssize(order)))];
}

// In their old order.
Indices nearest(const Eigen::VectorXd& distance, Eigen::Index count) {
  Indices order = all(distance.size());
  const auto end = order.begin() + std::min(count, distance.size());
  std::nth_element(order.begin(), end, order.end(), [&](Eigen::Index a, Eigen::Index b) {
    return distance(a) < distance(b) || (distance(a) == distance(b) && a < b);
  });
  order.erase(end, order.end());
  std::sort(order.begin(), order.end());
  return order;
}

}  // namespace

Neighbourhood neighbourhood(const Domain& domain, const Knowledge& known, const model::Hyperparameters& theta,
                            Eigen::Index measured, Eigen::Index pending, std::uint64_t stream) {
  RandomNumbers random(stream);
  const Eigen::VectorXd from = known.measured.X.row(centre(domain, known, theta, random)).transpose();
  Neighbourhood result;
  result.measured = nearest(squared_distances(domain, known.measured.X, from, theta.lengthscales), measured);
  result.pending = nearest(squared_distances(domain, known.pending, from, theta.lengthscales), pending);
  const Eigen::MatrixXd X = known.measured.X(result.measured, Eigen::all);
  const Eigen::ArrayXd half = Eigen::ArrayXd::Constant(from.size(), 0.5 * least_width);
  result.box.lower = X.colwise().minCoeff().transpose().array().min(from.array() - half).max(0.0).matrix();
  result.box.upper = X.colwise().maxCoeff().transpose().array().max(from.array() + half).min(1.0).matrix();
  for (Eigen::Index j = 0; j < domain.size(); ++j) {
    if (!domain[j].is_categorical()) continue;
    result.box.lower(j) = 0.0;
    result.box.upper(j) = 1.0;
  }
  return result;
}

Neighbourhood overview(const Knowledge& known, Eigen::Index measured, Eigen::Index pending, std::uint64_t stream) {
  RandomNumbers random(stream);
  const Eigen::Index n = known.measured.y.size(), p = known.pending.rows();
  Neighbourhood result;
  result.measured = best_first(known.measured.y, measured / 4);
  Indices others = all(n);
  std::erase_if(others, [&](Eigen::Index i) { return std::ranges::find(result.measured, i) != result.measured.end(); });
  const Eigen::Index wanted = std::min(measured - std::ssize(result.measured), std::ssize(others));
  for (Eigen::Index i = 0; i < wanted; ++i) {
    std::swap(others[static_cast<std::size_t>(i)],
              others[static_cast<std::size_t>(i + random.below(std::ssize(others) - i))]);
    result.measured.push_back(others[static_cast<std::size_t>(i)]);
  }
  std::ranges::sort(result.measured);
  for (Eigen::Index i = std::max<Eigen::Index>(0, p - pending); i < p; ++i) result.pending.push_back(i);
  return result;
}

Knowledge part(const Knowledge& known, const Neighbourhood& where) {
  Knowledge result;
  result.measured.X = known.measured.X(where.measured, Eigen::all);
  result.measured.y = known.measured.y(where.measured);
  if (known.measured.sem.size() != 0) result.measured.sem = known.measured.sem(where.measured);
  result.pending = known.pending(where.pending, Eigen::all);
  result.warm_start = known.warm_start;
  result.warp = known.warp;
  return result;
}

}  // namespace stune::generation
