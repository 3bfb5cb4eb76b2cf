#include "generation/neighbourhood.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "generation/random_numbers.hpp"

namespace stune::generation {

namespace {

using Indices = std::vector<Eigen::Index>;

Indices all(Eigen::Index n) {
  Indices indices(static_cast<std::size_t>(n));
  std::iota(indices.begin(), indices.end(), Eigen::Index{0});
  return indices;
}

// Mostly the best outcome, now and then another good one: a second hill may be higher.
Eigen::Index centre(const Eigen::VectorXd& y, RandomNumbers& random) {
  Indices order = all(y.size());
  std::erase_if(order, [&](Eigen::Index i) { return !std::isfinite(y(i)); });
  assert(!order.empty());
  const std::size_t good = std::min<std::size_t>(order.size(), 64);
  std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(good), order.end(),
                    [&](Eigen::Index a, Eigen::Index b) { return y(a) > y(b) || (y(a) == y(b) && a < b); });
  if (random.uniform() < 0.7) return order.front();
  return order[static_cast<std::size_t>(random.below(static_cast<std::int64_t>(good)))];
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

Neighbourhood neighbourhood(const Domain& domain, const Knowledge& known, const Eigen::VectorXd& lengthscales,
                            Eigen::Index measured, Eigen::Index pending, std::uint64_t stream) {
  RandomNumbers random(stream);
  const Eigen::VectorXd from = known.measured.X.row(centre(known.measured.y, random)).transpose();
  Neighbourhood result;
  result.measured = nearest(squared_distances(domain, known.measured.X, from, lengthscales), measured);
  result.pending = nearest(squared_distances(domain, known.pending, from, lengthscales), pending);
  const Eigen::MatrixXd X = known.measured.X(result.measured, Eigen::all);
  result.box = {X.colwise().minCoeff().transpose(), X.colwise().maxCoeff().transpose()};
  for (Eigen::Index j = 0; j < domain.size(); ++j) {
    if (!domain[j].is_categorical()) continue;
    result.box.lower(j) = 0.0;
    result.box.upper(j) = 1.0;
  }
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
