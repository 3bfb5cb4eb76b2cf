#include "generation/acquisition.hpp"

#include <cmath>

#include "model/normal.hpp"

namespace stune::generation {

LogH log_h(double z) {
  if (z > -3.0) {
    const double density = std::exp(model::log_normal_density(z));
    const double cdf = model::normal_cdf(z);
    const double h = density + z * cdf;
    return {std::log(h), cdf / h};
  }
  const double t = -z;
  // Evaluated from the back. Truncation falls off like exp(-2 t sqrt(2 terms)), and is worst at t = 3.
  const int terms = t < 6.0 ? 80 : t < 40.0 ? 30 : 8;
  double tail = t;
  for (int k = terms; k >= 2; --k) tail = t + k / tail;
  const double K = 1.0 / tail;
  return {model::log_normal_density(z) + std::log(K / (t + K)), tail};
}

double LogExpectedImprovement::value(double mean, double variance) const {
  const double sd = std::sqrt(variance);
  return std::log(sd) + log_h((mean - best_) / sd).value;
}

Eigen::VectorXd LogExpectedImprovement::values(const Eigen::MatrixXd& P) const {
  const model::Prediction at = posterior_->predict(P);
  Eigen::VectorXd result(P.rows());
  for (Eigen::Index i = 0; i < P.rows(); ++i) result(i) = value(at.mean(i), at.variance(i));
  return result;
}

Eigen::VectorXd LogExpectedImprovement::values(const Eigen::MatrixXd& P, Eigen::MatrixXd& gradients) const {
  const model::PredictionWithGradients prediction = posterior_->predict_with_gradients(P);
  Eigen::VectorXd result(P.rows());
  gradients.resize(P.rows(), P.cols());
  for (Eigen::Index i = 0; i < P.rows(); ++i) {
    const double sd = std::sqrt(prediction.at.variance(i));
    const double z = (prediction.at.mean(i) - best_) / sd;
    const LogH h = log_h(z);
    result(i) = std::log(sd) + h.value;
    const auto sd_gradient = prediction.variance_gradient.row(i) / (2.0 * sd);
    gradients.row(i) = (h.slope * (prediction.mean_gradient.row(i) - z * sd_gradient) + sd_gradient) / sd;
  }
  return result;
}

}  // namespace stune::generation
