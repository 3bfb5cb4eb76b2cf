#include "model/outcome_transform.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <vector>

#include "model/normal.hpp"

namespace stune::model {

namespace {

constexpr double log_stretch = 1.5;

// Value of the piecewise linear map through (x, y) at `at`, extended by its first and last piece. x is increasing.
double interpolate(const Eigen::VectorXd& x, const Eigen::VectorXd& y, double at) {
  if (x.size() == 1) return y(0) + (at - x(0));
  const auto* const upper = std::upper_bound(x.data() + 1, x.data() + x.size() - 1, at);
  const Eigen::Index i = upper - x.data();
  const double fraction = (at - x(i - 1)) / (x(i) - x(i - 1));
  return y(i - 1) + fraction * (y(i) - y(i - 1));
}

double yeo_johnson(double u, double lambda) {
  if (u >= 0.0) return lambda == 0.0 ? std::log1p(u) : std::expm1(lambda * std::log1p(u)) / lambda;
  const double mirrored = 2.0 - lambda;
  return mirrored == 0.0 ? -std::log1p(-u) : -std::expm1(mirrored * std::log1p(-u)) / mirrored;
}

double yeo_johnson_inverse(double v, double lambda) {
  if (v >= 0.0) return lambda == 0.0 ? std::expm1(v) : std::expm1(std::log1p(lambda * v) / lambda);
  const double mirrored = 2.0 - lambda;
  return mirrored == 0.0 ? -std::expm1(-v) : -std::expm1(std::log1p(-mirrored * v) / mirrored);
}

double yeo_johnson_log_likelihood(const Eigen::VectorXd& u, double lambda) {
  const Eigen::ArrayXd v = u.unaryExpr([&](double x) { return yeo_johnson(x, lambda); }).array();
  const double variance = (v - v.mean()).square().mean();
  const double jacobian = u.unaryExpr([](double x) { return std::copysign(std::log1p(std::abs(x)), x); }).sum();
  return -0.5 * static_cast<double>(u.size()) * std::log(variance) + (lambda - 1.0) * jacobian;
}

double quantile_of_sorted(const Eigen::VectorXd& sorted, double p) {
  const double position = p * static_cast<double>(sorted.size() - 1);
  const auto i = static_cast<Eigen::Index>(position);
  const Eigen::Index next = std::min(i + 1, sorted.size() - 1);
  return sorted(i) + (position - static_cast<double>(i)) * (sorted(next) - sorted(i));
}

double standard_deviation(const Eigen::VectorXd& v) {
  const double n = static_cast<double>(std::max<Eigen::Index>(v.size() - 1, 1));
  return std::sqrt((v.array() - v.mean()).square().sum() / n);
}

// The logarithm of a logarithm below -far.
double winsorized(double u, double far) { return u >= -far ? u : -far - std::log1p(std::log1p(-far - u)); }
double winsorized_inverse(double w, double far) { return w >= -far ? w : -far - std::expm1(std::expm1(-far - w)); }

// In units of the frame's spread. Before Yeo-Johnson only for what a power cannot straighten.
double far_of(Warp warp) { return warp == Warp::winsorized ? 3.0 : 20.0; }

double largest_magnitude(const Eigen::VectorXd& y) {
  const double largest = y.cwiseAbs().maxCoeff();
  return largest > std::numeric_limits<double>::min() ? largest : 1.0;
}

}  // namespace

double OutcomeTransform::Frame::forward(double y) const {
  constexpr double most = 1e306;  // what is still finite after some arithmetic
  return std::clamp((y / unit - centre) / spread, -most, most);
}

// The good outcomes must not lose their digits to a few terrible ones, so unit and median are those of the better half,
// and the spread is the larger one of that and of the quarter below the median.
OutcomeTransform::Frame OutcomeTransform::frame_of(const Eigen::VectorXd& sorted) {
  const Eigen::VectorXd good = sorted.tail(sorted.size() - sorted.size() / 2);
  // Dividing first keeps squares and differences of huge or tiny outcomes inside the range of double.
  Frame frame{largest_magnitude(good)};
  const Eigen::VectorXd in_units = sorted.unaryExpr([&](double y) { return frame.forward(y); });
  frame.centre = quantile_of_sorted(in_units, 0.5);
  const double above = std::sqrt((good.array() / frame.unit - frame.centre).square().mean());
  frame.spread = std::max(above, frame.centre - quantile_of_sorted(in_units, 0.25));
  if (frame.spread >= 1e-150) return frame;
  // Three quarters are equally best.
  frame.unit = largest_magnitude(sorted);
  const Eigen::VectorXd u = sorted / frame.unit;
  frame.centre = u.mean();
  frame.spread = standard_deviation(u);
  return frame;
}

OutcomeTransform OutcomeTransform::fit(Warp warp, const Eigen::VectorXd& y) {
  assert(y.size() >= 1 && y.allFinite());
  OutcomeTransform result;
  result.warp_ = warp;
  Eigen::VectorXd sorted = y;
  std::sort(sorted.data(), sorted.data() + sorted.size());
  const double unit = largest_magnitude(sorted);
  // Differences in the last digits are rounding, not information.
  result.constant_ = sorted(sorted.size() - 1) / unit - sorted(0) / unit <= 1e-13;
  if (result.constant_) {
    result.frame_ = {unit, (sorted / unit).mean()};
    return result;
  }
  result.frame_ = frame_of(sorted);
  const Eigen::VectorXd u = sorted.unaryExpr([&](double value) { return result.frame_.forward(value); });
  const double lowest = u(0), highest = u(u.size() - 1);
  const double range = highest - winsorized(lowest, far_of(warp));  // of what may follow above; below, all is far
  result.low_ = lowest - 0.5 * (highest - lowest);
  result.high_ = highest + 0.5 * range;
  switch (warp) {
    case Warp::half_rank_log:
      result.fit_half_rank(u);
      break;
    case Warp::yeo_johnson:
      result.fit_yeo_johnson(u);
      break;
    case Warp::winsorized:
      break;
  }
  result.fit_extension(1e-3 * (highest - lowest), 1e-3 * range);
  const Eigen::VectorXd v = u.unaryExpr([&](double x) { return result.core(x); });
  result.shift_ = v.mean();
  result.scale_ = standard_deviation(v);
  return result;
}

void OutcomeTransform::fit_half_rank(const Eigen::VectorXd& sorted) {
  const double median = quantile_of_sorted(sorted, 0.5);
  std::vector<double> labels(sorted.data(), sorted.data() + sorted.size());
  labels.erase(std::unique(labels.begin(), labels.end()), labels.end());
  const auto first_good = std::lower_bound(labels.begin(), labels.end(), median);
  const auto bad = first_good - labels.begin();
  double square_sum = 0.0;
  for (auto it = first_good; it != labels.end(); ++it) square_sum += (*it - median) * (*it - median);
  double spread = std::sqrt(square_sum / static_cast<double>(labels.end() - first_good));
  if (spread == 0.0) spread = 1.0;  // more than half are equally best: any will do

  const bool median_is_a_label = first_good != labels.end() && *first_good == median;
  const double denominator = static_cast<double>(bad) + (median_is_a_label ? 0.5 : 0.0);
  knots_.resize(bad + 1);
  values_.resize(bad + 1);
  for (Eigen::Index i = 0; i < bad; ++i) {
    knots_(i) = labels[static_cast<std::size_t>(i)];
    values_(i) = median + spread * normal_quantile(0.5 * (static_cast<double>(i) + 0.5) / denominator);
  }
  knots_(bad) = values_(bad) = median;
  top_ = labels.back();
  bottom_ = bad > 0 ? values_(0) : labels.front();
  high_ = top_ + 0.5 * (top_ - bottom_);  // the logarithm ends at top + 2 (top - bottom)
}

void OutcomeTransform::fit_yeo_johnson(const Eigen::VectorXd& of_frame) {
  Eigen::VectorXd u = of_frame.unaryExpr([this](double x) { return winsorized(x, far_of(warp_)); });
  centre_ = u.mean();
  spread_ = standard_deviation(u);
  u = ((u.array() - centre_) / spread_).matrix();
  // The log likelihood has one maximum; golden section.
  const double golden = 0.5 * (std::sqrt(5.0) - 1.0);
  double a = -2.0, b = 4.0;
  double c = b - golden * (b - a), d = a + golden * (b - a);
  double fc = yeo_johnson_log_likelihood(u, c), fd = yeo_johnson_log_likelihood(u, d);
  while (b - a > 1e-4) {
    if (fc >= fd) {
      b = d, d = c, fd = fc;
      c = b - golden * (b - a), fc = yeo_johnson_log_likelihood(u, c);
    } else {
      a = c, c = d, fc = fd;
      d = a + golden * (b - a), fd = yeo_johnson_log_likelihood(u, d);
    }
  }
  lambda_ = 0.5 * (a + b);
}

void OutcomeTransform::fit_extension(double step_low, double step_high) {
  slope_low_ = (core(low_ + step_low) - core(low_)) / step_low;
  slope_high_ = (core(high_) - core(high_ - step_high)) / step_high;
}

double OutcomeTransform::core(double u) const {
  switch (warp_) {
    case Warp::half_rank_log: {
      const double median = knots_(knots_.size() - 1);
      const double h = u >= median ? u : interpolate(knots_, values_, u);
      return 0.5 - std::log1p((top_ - h) / (top_ - bottom_) * (log_stretch - 1.0)) / std::log(log_stretch);
    }
    case Warp::yeo_johnson:
      return yeo_johnson((winsorized(u, far_of(warp_)) - centre_) / spread_, lambda_);
    case Warp::winsorized:
      break;
  }
  return winsorized(u, far_of(warp_));
}

double OutcomeTransform::core_inverse(double v) const {
  switch (warp_) {
    case Warp::half_rank_log: {
      const double median = knots_(knots_.size() - 1);
      const double share = std::expm1((0.5 - v) * std::log(log_stretch)) / (log_stretch - 1.0);
      const double h = top_ - share * (top_ - bottom_);
      return h >= median ? h : interpolate(values_, knots_, h);
    }
    case Warp::yeo_johnson:
      return winsorized_inverse(yeo_johnson_inverse(v, lambda_) * spread_ + centre_, far_of(warp_));
    case Warp::winsorized:
      break;
  }
  return winsorized_inverse(v, far_of(warp_));
}

double OutcomeTransform::forward(double y) const {
  const double u = frame_.forward(y);
  if (constant_) return u;
  const double inside = std::clamp(u, low_, high_);
  const double slope = u < low_ ? slope_low_ : slope_high_;
  return (core(inside) + slope * (u - inside) - shift_) / scale_;
}

Eigen::VectorXd OutcomeTransform::forward(const Eigen::VectorXd& y) const {
  return y.unaryExpr([this](double value) { return forward(value); });
}

double OutcomeTransform::inverse(double z) const {
  double u = z;
  if (!constant_) {
    const double v = z * scale_ + shift_;
    const double low = core(low_), high = core(high_);
    const double inside = std::clamp(v, low, high);
    const double slope = v < low ? slope_low_ : slope_high_;
    u = core_inverse(inside) + (slope > 0.0 ? (v - inside) / slope : 0.0);
  }
  return frame_.inverse(u);
}

double OutcomeTransform::forward_sem(double y, double sem) const { return 0.5 * (forward(y + sem) - forward(y - sem)); }

}  // namespace stune::model
