#include "generation/domain.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace stune::generation {

Dimension Dimension::grid(Grid values) {
  assert(values.count >= 1);
  Dimension dimension;
  dimension.grid_ = values;
  return dimension;
}

Dimension Dimension::categorical(int m) {
  assert(m >= 1);
  Dimension dimension;
  dimension.grid_.count = m;
  dimension.categorical_ = true;
  return dimension;
}

double Dimension::value(std::int64_t i) const {
  assert(i >= 0 && i < size());
  return categorical_ ? static_cast<double>(i) : grid_.coordinate(i);
}

std::int64_t Dimension::nearest(double coordinate) const {
  assert(size() > 0);
  if (!categorical_) return grid_.nearest(coordinate);
  // Written so that NaN gives 0.
  return coordinate > 0.0 ? static_cast<std::int64_t>(std::min(std::round(coordinate), static_cast<double>(size() - 1)))
                          : 0;
}

double Dimension::snap(double coordinate) const {
  return is_continuous() ? std::clamp(coordinate, 0.0, 1.0) : value(nearest(coordinate));
}

double Dimension::from_uniform(double u) const {
  if (is_continuous()) return u;
  if (!categorical_) return grid_.coordinate(grid_.owner(u));
  return std::min(std::floor(u * static_cast<double>(size())), static_cast<double>(size() - 1));
}

bool Domain::is_discrete() const {
  return std::none_of(dimensions.begin(), dimensions.end(), [](const Dimension& x) { return x.is_continuous(); });
}

std::optional<std::int64_t> Domain::count() const {
  constexpr std::int64_t limit = std::int64_t{1} << 62;
  std::int64_t product = 1;
  for (const Dimension& dimension : dimensions) {
    if (dimension.is_continuous() || product >= limit / dimension.size()) return std::nullopt;
    product *= dimension.size();
  }
  return product;
}

Eigen::VectorXd Domain::point(std::int64_t i) const {
  Eigen::VectorXd result(size());
  for (Eigen::Index j = 0; j < size(); ++j) {
    const Dimension& dimension = (*this)[j];
    result(j) = dimension.value(i % dimension.size());
    i /= dimension.size();
  }
  return result;
}

std::int64_t Domain::index_of(const Eigen::VectorXd& point) const {
  std::int64_t i = 0;
  for (Eigen::Index j = size(); j-- > 0;) i = i * (*this)[j].size() + (*this)[j].nearest(point(j));
  return i;
}

Eigen::VectorXd Domain::snap(const Eigen::VectorXd& point) const {
  Eigen::VectorXd result(size());
  for (Eigen::Index j = 0; j < size(); ++j) result(j) = (*this)[j].snap(point(j));
  return result;
}

bool Domain::contains(const Eigen::VectorXd& point) const { return point.size() == size() && snap(point) == point; }

Eigen::MatrixXd Domain::from_uniform(const Eigen::MatrixXd& U) const {
  Eigen::MatrixXd P(U.rows(), U.cols());
  for (Eigen::Index j = 0; j < U.cols(); ++j) {
    P.col(j) = U.col(j).unaryExpr([&](double u) { return (*this)[j].from_uniform(u); });
  }
  return P;
}

Eigen::VectorXd Domain::centre() const {
  constexpr double middle = 0.5;
  constexpr double of_two_the_lower = 1e-12;
  Eigen::VectorXd result(size());
  for (Eigen::Index j = 0; j < size(); ++j) {
    const Dimension& dimension = (*this)[j];
    if (dimension.is_categorical()) {
      result(j) = 0.0;
    } else {
      result(j) = dimension.is_continuous() ? middle : dimension.snap(middle - of_two_the_lower);
    }
  }
  return result;
}

std::vector<int> Domain::categories() const {
  std::vector<int> result;
  for (const Dimension& dimension : dimensions) {
    result.push_back(dimension.is_categorical() ? static_cast<int>(dimension.size()) : 0);
  }
  return result;
}

}  // namespace stune::generation
