#include "model/bounded_lbfgs.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <utility>

namespace stune::model {

namespace {
constexpr double sufficient_decrease = 1e-4;
}

BoundedLbfgs::BoundedLbfgs(const Eigen::VectorXd& start, Eigen::VectorXd lower, Eigen::VectorXd upper,
                           const LbfgsOptions& options)
    : options_(options), lower_(std::move(lower)), upper_(std::move(upper)) {
  assert(start.size() == lower_.size() && start.size() == upper_.size());
  x_ = start.cwiseMax(lower_).cwiseMin(upper_);
  query_ = x_;
}

bool BoundedLbfgs::tell_value(double value) {
  assert(!done());
  query_value_ = value;
  if (!started_) {
    f_ = value;
    if (!std::isfinite(value)) state_ = State::failed;
    return std::isfinite(value);
  }
  const double promised = g_.dot(query_ - x_);
  if (std::isfinite(value) && value <= f_ + sufficient_decrease * promised) return true;
  shorten_step(value);
  return false;
}

void BoundedLbfgs::tell_gradient(const Eigen::VectorXd& gradient) {
  assert(!done());
  if (!gradient.allFinite()) {
    if (!started_) {
      state_ = State::failed;
      return;
    }
    return shorten_step(std::numeric_limits<double>::infinity());
  }
  bool small_gain = false;
  if (started_) {
    remember(query_ - x_, gradient - g_);
    small_gain =
        f_ - query_value_ <= options_.relative_decrease * std::max({std::abs(f_), std::abs(query_value_), 1.0});
    ++iterations_;
  }
  started_ = true;
  x_ = query_;
  f_ = query_value_;
  g_ = gradient;
  double steepest = 0.0;
  for (Eigen::Index j = 0; j < x_.size(); ++j) {
    if (!held(j)) steepest = std::max(steepest, std::abs(g_(j)));
  }
  if (small_gain || steepest <= options_.gradient_tolerance) {
    state_ = State::converged;
  } else if (iterations_ >= options_.max_iterations) {
    state_ = State::limit;
  } else {
    start_step();
  }
}

bool BoundedLbfgs::held(Eigen::Index j) const {
  return (x_(j) <= lower_(j) && g_(j) > 0.0) || (x_(j) >= upper_(j) && g_(j) < 0.0);
}

void BoundedLbfgs::remember(const Eigen::VectorXd& step, const Eigen::VectorXd& change) {
  // Without curvature the pair would make the metric indefinite.
  if (step.dot(change) <= 1e-10 * step.norm() * change.norm()) return;
  if (static_cast<int>(s_.size()) == options_.memory) {
    s_.erase(s_.begin());
    y_.erase(y_.begin());
  }
  s_.push_back(step);
  y_.push_back(change);
}

// Two-loop recursion on the coordinates that are free to move.
Eigen::VectorXd BoundedLbfgs::direction() const {
  Eigen::VectorXd mask(x_.size());
  for (Eigen::Index j = 0; j < x_.size(); ++j) mask(j) = held(j) ? 0.0 : 1.0;
  Eigen::VectorXd q = -g_.cwiseProduct(mask);
  const std::size_t m = s_.size();
  std::vector<double> rho(m), weight(m);
  double scale = 0.0;
  for (std::size_t k = m; k-- > 0;) {
    const Eigen::VectorXd y = y_[k].cwiseProduct(mask);
    const double curvature = s_[k].dot(y);
    rho[k] = curvature > 1e-10 * s_[k].norm() * y.norm() ? 1.0 / curvature : 0.0;
    if (rho[k] == 0.0) continue;
    if (scale == 0.0) scale = curvature / y.squaredNorm();
    weight[k] = rho[k] * s_[k].dot(q);
    q -= weight[k] * y;
  }
  if (scale == 0.0) return q / std::max(1.0, q.norm());
  q *= scale;
  for (std::size_t k = 0; k < m; ++k) {
    if (rho[k] == 0.0) continue;
    q += (weight[k] - rho[k] * y_[k].cwiseProduct(mask).dot(q)) * s_[k].cwiseProduct(mask);
  }
  return q;
}

void BoundedLbfgs::start_step() {
  d_ = direction();
  if (!d_.allFinite() || d_.dot(g_) >= 0.0) {
    s_.clear();
    y_.clear();
    d_ = direction();
  }
  const double longest = d_.cwiseAbs().maxCoeff();
  if (longest > options_.longest_step) d_ *= options_.longest_step / longest;
  t_ = 1.0;
  backtracks_ = 0;
  propose();
}

// Steepest descent is what is left where the direction that memory gives leads nowhere.
void BoundedLbfgs::forget_or_end(State end) {
  if (s_.empty()) {
    state_ = end;
    return;
  }
  s_.clear();
  y_.clear();
  start_step();
}

void BoundedLbfgs::shorten_step(double value) {
  if (++backtracks_ > options_.max_backtracks) return forget_or_end(State::stuck);
  // Minimum of the parabola through f, its slope and the new value, kept within [0.1, 0.5] of the step.
  const double slope = g_.dot(query_ - x_);
  const double bend = value - f_ - slope;
  const double factor = std::isfinite(value) && bend > 0.0 ? -slope / (2.0 * bend) : 0.25;
  t_ *= std::clamp(factor, 0.1, 0.5);
  propose();
}

void BoundedLbfgs::propose() {
  const auto at = [&](double t) -> Eigen::VectorXd { return (x_ + t * d_).cwiseMax(lower_).cwiseMin(upper_); };
  query_ = at(t_);
  // What the box leaves of a long step may lead uphill; short ones lead down.
  while (query_ != x_ && g_.dot(query_ - x_) >= 0.0) {
    t_ *= 0.25;
    query_ = at(t_);
  }
  if (query_ == x_) forget_or_end(backtracks_ == 0 ? State::converged : State::stuck);
}

}  // namespace stune::model
