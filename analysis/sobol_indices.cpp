#include "analysis/sobol_indices.hpp"

#include <algorithm>
#include <cmath>

#include "generation/random_numbers.hpp"
#include "generation/sobol.hpp"

namespace stune::analysis {
namespace {

using Column = Eigen::ArrayXd;

/// What the function is at all the points that indices are made of, centred.
struct Evaluations {
  Column a, b;
  std::vector<Column> a_i, b_i;  // b_i only for second order
};

Column evaluate(const CubeFunction& f, const Eigen::MatrixXd& points) {
  const Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor> rows = points;
  const std::vector<double> values = f({rows.data(), static_cast<std::size_t>(rows.size())});
  return Eigen::Map<const Column>(values.data(), static_cast<Eigen::Index>(values.size()));
}

Column with_column(const CubeFunction& f, Eigen::MatrixXd points, const Eigen::MatrixXd& other, Eigen::Index i) {
  points.col(i) = other.col(i);
  return evaluate(f, points);
}

/// Indices from the rows that `rows` lists, with repeats. Order of the result: first, total, second.
std::vector<double> estimate(const Evaluations& at, const std::vector<Eigen::Index>& rows) {
  const Column a = at.a(rows), b = at.b(rows);
  const auto n = static_cast<double>(rows.size());
  const double mean = (a.sum() + b.sum()) / (2.0 * n);
  const double variance = ((a - mean).square().sum() + (b - mean).square().sum()) / (2.0 * n);
  const std::size_t d = at.a_i.size();
  std::vector<double> first(d, 0.0), total(d, 0.0), result;
  std::vector<Column> a_i;
  for (std::size_t i = 0; i < d; ++i) {
    a_i.emplace_back(at.a_i[i](rows));
    if (variance <= 0.0) continue;
    first[i] = ((b - mean) * (a_i[i] - a)).mean() / variance;
    total[i] = 0.5 * (a - a_i[i]).square().mean() / variance;
  }
  result.insert(result.end(), first.begin(), first.end());
  result.insert(result.end(), total.begin(), total.end());
  for (std::size_t i = 0; i < at.b_i.size(); ++i) {
    const Column b_i = at.b_i[i](rows);
    for (std::size_t j = i + 1; j < at.b_i.size(); ++j) {
      const double closed = ((b_i - mean) * (a_i[j] - mean) - (a - mean) * (b - mean)).mean();
      result.push_back(variance <= 0.0 ? 0.0 : closed / variance - first[i] - first[j]);
    }
  }
  return result;
}

/// The 2.5 % and 97.5 % quantiles; sorts.
void set_interval(Index& index, std::vector<double>& resampled) {
  std::ranges::sort(resampled);
  const auto quantile = [&](double p) {
    return resampled[static_cast<std::size_t>(std::lround(p * static_cast<double>(resampled.size() - 1)))];
  };
  index.low = std::min(quantile(0.025), index.value);
  index.high = std::max(quantile(0.975), index.value);
}

double correlation(const Eigen::ArrayXd& x, const Eigen::ArrayXd& y) {
  const Eigen::ArrayXd dx = x - x.mean(), dy = y - y.mean();
  const double scale = std::sqrt(dx.square().sum() * dy.square().sum());
  return scale > 0.0 ? (dx * dy).sum() / scale : 0.0;
}

std::vector<Index> with_intervals(const Evaluations& at, const SobolOptions& options) {
  std::vector<Eigen::Index> rows(static_cast<std::size_t>(at.a.size()));
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = static_cast<Eigen::Index>(i);
  std::vector<Index> indices;
  for (const double value : estimate(at, rows)) indices.push_back({value, value, value});
  generation::RandomNumbers random(options.seed);
  std::vector<std::vector<double>> resampled(indices.size());
  for (int k = 0; k < options.resamples; ++k) {
    for (Eigen::Index& row : rows) row = static_cast<Eigen::Index>(random.below(at.a.size()));
    const std::vector<double> values = estimate(at, rows);
    for (std::size_t i = 0; i < values.size(); ++i) resampled[i].push_back(values[i]);
  }
  for (std::size_t i = 0; i < indices.size() && options.resamples > 0; ++i) set_interval(indices[i], resampled[i]);
  return indices;
}

}  // namespace

SobolIndices sobol_indices(const CubeFunction& f, std::size_t inputs, const SobolOptions& options) {
  const auto d = static_cast<Eigen::Index>(inputs);
  const Eigen::MatrixXd points = generation::ScrambledSobol(2 * d, options.seed).points(0, options.samples);
  const Eigen::MatrixXd A = points.leftCols(d), B = points.rightCols(d);
  Evaluations at{evaluate(f, A), evaluate(f, B), {}, {}};
  for (Eigen::Index i = 0; i < d; ++i) at.a_i.push_back(with_column(f, A, B, i));
  for (Eigen::Index i = 0; i < d && options.second_order; ++i) at.b_i.push_back(with_column(f, B, A, i));

  SobolIndices result;
  const double mean = 0.5 * (at.a.mean() + at.b.mean());
  result.variance = 0.5 * ((at.a - mean).square().mean() + (at.b - mean).square().mean());
  const std::vector<Index> all = with_intervals(at, options);
  const auto n = static_cast<std::ptrdiff_t>(inputs);
  result.first.assign(all.begin(), all.begin() + n);
  result.total.assign(all.begin() + n, all.begin() + 2 * n);
  result.second.assign(all.begin() + 2 * n, all.end());
  for (Eigen::Index i = 0; i < d; ++i) {
    result.trend.push_back(0.5 * (correlation(A.col(i), at.a) + correlation(B.col(i), at.b)));
  }
  return result;
}

double mean_over_cube(const CubeFunction& f, std::size_t inputs, int samples) {
  return evaluate(f, generation::ScrambledSobol(static_cast<Eigen::Index>(inputs), 1).points(0, samples)).mean();
}

}  // namespace stune::analysis
