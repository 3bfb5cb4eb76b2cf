/// \file How promising a point is: the logarithm of the expected improvement, which keeps its slope where the
/// improvement itself underflows.
///     LogEI(x) = log sigma(x) + log_h((mu(x) - best) / sigma(x)),   h(z) = phi(z) + z Phi(z)
/// Reference: Ament et al. (2023), arXiv 2310.20708.
#pragma once

#include <Eigen/Core>
#include <algorithm>

#include "model/posterior.hpp"

namespace stune::generation {

/// log h and its derivative Phi/h.
struct LogH {
  double value;
  double slope;
};

/// For every finite z without cancellation: below -3, with the continued fraction of Mills' ratio, h = phi K / (|z| +
/// K) and Phi / h = 1 / K, K = 1/(|z| + 2/(|z| + 3/(|z| + ...))).
LogH log_h(double z);

/// The posterior must outlive it. Larger is better.
class LogExpectedImprovement {
 public:
  /// `best` is what is to be improved on, in the posterior's units, maximized.
  LogExpectedImprovement(const model::Posterior& posterior, double best) : posterior_(&posterior), best_(best) {}

  /// To be improved on is what is expected of another point, too.
  void expect(double mean) { best_ = std::max(best_, mean); }

  const model::Posterior& posterior() const { return *posterior_; }
  /// Of the model behind it: a value costs its square.
  Eigen::Index size() const { return posterior_->size(); }
  const Eigen::VectorXd& lengthscales() const { return posterior_->theta().lengthscales; }
  /// Of a point about which this is believed.
  double value(double mean, double variance) const;
  /// One value per row of P.
  Eigen::VectorXd values(const Eigen::MatrixXd& P) const;
  /// Values, and gradients (m x d; 0 for categorical dimensions) into `gradients`.
  Eigen::VectorXd values(const Eigen::MatrixXd& P, Eigen::MatrixXd& gradients) const;

 private:
  const model::Posterior* posterior_;
  double best_;
};

}  // namespace stune::generation
