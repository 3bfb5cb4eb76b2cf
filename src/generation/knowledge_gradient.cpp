#include "generation/knowledge_gradient.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "generation/acquisition.hpp"

namespace stune::generation {

namespace {

constexpr std::ptrdiff_t best_counted = 64;  // known points; one that is worse will hardly become the best

struct Segment {
  Line line;
  double from;  // the Z where it becomes the highest
};

// The lines that are the highest anywhere, by slope.
std::vector<Segment> upper_envelope(std::vector<Line> lines) {
  std::ranges::sort(
      lines, [](const Line& a, const Line& b) { return a.slope < b.slope || (a.slope == b.slope && a.mean > b.mean); });
  std::vector<Segment> envelope;
  for (const Line& line : lines) {
    if (!envelope.empty() && line.slope == envelope.back().line.slope) continue;  // parallel, and below
    double from = -std::numeric_limits<double>::infinity();
    while (!envelope.empty()) {
      const Segment& last = envelope.back();
      from = (last.line.mean - line.mean) / (line.slope - last.line.slope);
      if (from > last.from) break;
      envelope.pop_back();
      from = -std::numeric_limits<double>::infinity();
    }
    envelope.push_back({line, from});
  }
  return envelope;
}

Eigen::MatrixXd best_known(const model::Posterior& posterior) {
  const Eigen::MatrixXd& points = posterior.covariance().points();
  const Eigen::VectorXd means = posterior.predict_mean(points);
  std::vector<Eigen::Index> order(static_cast<std::size_t>(points.rows()));
  std::iota(order.begin(), order.end(), Eigen::Index{0});
  const auto end = order.begin() + std::min(best_counted, std::ssize(order));
  std::partial_sort(order.begin(), end, order.end(),
                    [&](Eigen::Index a, Eigen::Index b) { return means(a) > means(b); });
  order.erase(end, order.end());
  return points(order, Eigen::all);
}

}  // namespace

double expected_gain(std::vector<Line> lines) {
  const std::vector<Segment> envelope = upper_envelope(std::move(lines));
  double gain = 0.0;
  for (std::size_t i = 1; i < envelope.size(); ++i) {
    const double turn = envelope[i].line.slope - envelope[i - 1].line.slope;
    gain += turn * std::exp(log_h(-std::abs(envelope[i].from)).value);
  }
  return gain;
}

Eigen::VectorXd knowledge_gradients(const model::Posterior& posterior, const Eigen::MatrixXd& candidates,
                                    double noise) {
  const Eigen::MatrixXd known = best_known(posterior);
  const Eigen::VectorXd means = posterior.predict_mean(known);
  const model::CrossPrediction predicted = posterior.predict_with(candidates, known);
  const double best = means.maxCoeff();
  Eigen::VectorXd gradients(candidates.rows());
  for (Eigen::Index c = 0; c < candidates.rows(); ++c) {
    const double mean = predicted.at.mean(c), variance = predicted.at.variance(c);
    const double sd = std::sqrt(variance + noise);
    std::vector<Line> lines{{mean, variance / sd}};
    for (Eigen::Index i = 0; i < known.rows(); ++i) lines.push_back({means(i), predicted.covariance(c, i) / sd});
    gradients(c) = expected_gain(std::move(lines)) + std::max(mean - best, 0.0);
  }
  return gradients;
}

}  // namespace stune::generation
