#include "generation/domain.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <utility>

namespace stune::generation {

Dimension Dimension::grid(std::int64_t m) {
  assert(m >= 1);
  Dimension dimension;
  dimension.size_ = m;
  return dimension;
}

Dimension Dimension::ordered(std::vector<double> unit_values) {
  assert(!unit_values.empty() && std::is_sorted(unit_values.begin(), unit_values.end()));
  Dimension dimension;
  dimension.size_ = static_cast<std::int64_t>(unit_values.size());
  dimension.values_ = std::move(unit_values);
  return dimension;
}

Dimension Dimension::categorical(int m) {
  assert(m >= 1);
  Dimension dimension;
  dimension.size_ = m;
  dimension.categorical_ = true;
  return dimension;
}

double Dimension::value(std::int64_t i) const {
  assert(i >= 0 && i < size_);
  if (categorical_) return static_cast<double>(i);
  if (!values_.empty()) return values_[static_cast<std::size_t>(i)];
  return size_ == 1 ? 0.5 : static_cast<double>(i) / static_cast<double>(size_ - 1);
}

std::int64_t Dimension::nearest(double coordinate) const {
  assert(size_ > 0);
  if (!values_.empty()) {
    const auto above = std::lower_bound(values_.begin(), values_.end(), coordinate);
    if (above == values_.begin()) return 0;
    const auto i = above - values_.begin();
    if (above == values_.end() || coordinate - values_[static_cast<std::size_t>(i - 1)] <= *above - coordinate)
      return i - 1;
    return i;
  }
  const double steps = categorical_ ? coordinate : coordinate * static_cast<double>(size_ - 1);
  const double last = static_cast<double>(size_ - 1);
  // Written so that NaN gives 0.
  return steps > 0.0 ? static_cast<std::int64_t>(std::min(std::round(steps), last)) : 0;
}

double Dimension::snap(double coordinate) const {
  return is_continuous() ? std::clamp(coordinate, 0.0, 1.0) : value(nearest(coordinate));
}

double Dimension::from_uniform(double u) const {
  if (is_continuous()) return u;
  const auto i = static_cast<std::int64_t>(u * static_cast<double>(size_));
  return value(std::clamp<std::int64_t>(i, 0, size_ - 1));
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
  Eigen::VectorXd result(size());
  for (Eigen::Index j = 0; j < size(); ++j) {
    const Dimension& dimension = (*this)[j];
    if (dimension.is_continuous()) {
      result(j) = 0.5;
    } else {
      result(j) = dimension.value(dimension.is_categorical() ? 0 : (dimension.size() - 1) / 2);
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
