#include "generation/raw_points.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "generation/sobol.hpp"

namespace stune::generation {

namespace {

double moved(const Dimension& dimension, double coordinate, double reach, RandomNumbers& random) {
  const double step = reach * random.normal();
  if (dimension.is_continuous()) return std::clamp(coordinate + step, 0.0, 1.0);
  if (dimension.size() == 1) return coordinate;
  const std::int64_t here = dimension.nearest(coordinate);
  if (dimension.is_categorical()) {
    const std::int64_t other = random.below(dimension.size() - 1);
    return dimension.value(other + (other >= here ? 1 : 0));
  }
  const std::int64_t there = dimension.nearest(coordinate + step);
  if (there != here) return dimension.value(there);
  const bool up = here == 0 || (step > 0.0 && here + 1 < dimension.size());
  return dimension.value(up ? here + 1 : here - 1);
}

// A category or a coarse grid moves far whatever the reach, so only about one of them moves at a time.
double chance_of_moving(const Dimension& dimension, double chance, double discrete_chance) {
  return dimension.is_continuous() || dimension.size() > 64 ? chance : std::min(chance, discrete_chance);
}

}  // namespace

Eigen::MatrixXd spread_points(const Domain& domain, Eigen::Index count, std::uint64_t seed, const Box& box) {
  Eigen::MatrixXd U = ScrambledSobol(domain.size(), seed).points(0, count);
  if (box.is_everything()) return domain.from_uniform(U);
  for (Eigen::Index j = 0; j < domain.size(); ++j) {
    if (!domain[j].is_categorical())
      U.col(j) = (box.lower(j) + U.col(j).array() * (box.upper(j) - box.lower(j))).matrix();
  }
  Eigen::MatrixXd P = domain.from_uniform(U);
  for (Eigen::Index i = 0; i < P.rows(); ++i) P.row(i) = clamped(P.row(i).transpose(), domain, box).transpose();
  return P;
}

Eigen::MatrixXd local_points(const Domain& domain, const Eigen::MatrixXd& centres, Eigen::Index count,
                             RandomNumbers& random) {
  const Eigen::Index d = domain.size();
  const double chance = std::min(1.0, 20.0 / static_cast<double>(d));
  const auto coarse = std::count_if(domain.dimensions.begin(), domain.dimensions.end(),
                                    [](const Dimension& x) { return !x.is_continuous() && x.size() <= 64; });
  const double discrete_chance = 1.0 / static_cast<double>(std::max<std::ptrdiff_t>(coarse, 2));
  Eigen::MatrixXd P(count, d);
  for (Eigen::Index i = 0; i < count; ++i) {
    P.row(i) = centres.row(i % centres.rows());
    const double reach = std::pow(10.0, -3.0 + 2.3 * random.uniform());
    const Eigen::Index always = random.below(d);
    for (Eigen::Index j = 0; j < d; ++j) {
      if (j != always && random.uniform() >= chance_of_moving(domain[j], chance, discrete_chance)) continue;
      P(i, j) = moved(domain[j], P(i, j), reach, random);
    }
  }
  return P;
}

std::vector<Eigen::Index> choose_starts(const Eigen::VectorXd& values, Eigen::Index count, RandomNumbers& random) {
  Eigen::Index best = 0;
  const double highest = values.maxCoeff(&best);
  // Values next to observed points are hugely negative; they must not make all others look alike.
  const Eigen::ArrayXd a = values.array().max(highest - 30.0);
  const double mean = a.mean(), spread = std::sqrt((a - mean).square().mean());
  Eigen::ArrayXd key(a.size());
  for (Eigen::Index i = 0; i < a.size(); ++i) {
    // The largest of (log weight + Gumbel noise) are a weighted draw without replacement.
    const double gumbel = -std::log(-std::log(std::max(random.uniform(), 1e-300)));
    key(i) = (spread > 0.0 ? (a(i) - mean) / spread : 0.0) + gumbel;
  }
  key(best) = std::numeric_limits<double>::infinity();
  std::vector<Eigen::Index> order(static_cast<std::size_t>(a.size()));
  std::iota(order.begin(), order.end(), Eigen::Index{0});
  const auto end = order.begin() + std::min<std::ptrdiff_t>(count, a.size());
  std::partial_sort(order.begin(), end, order.end(), [&](Eigen::Index x, Eigen::Index y) { return key(x) > key(y); });
  order.erase(end, order.end());
  return order;
}

}  // namespace stune::generation
