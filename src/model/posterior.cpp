#include "model/posterior.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

#include "model/dense.hpp"
#include "model/kernel.hpp"

namespace stune::model {

namespace {

constexpr double least_variance = 1e-12;
constexpr Eigen::Index block = 128;  // points that stay in the cache while they pass through kernel and solve

}  // namespace

std::optional<Posterior> Posterior::condition(const FeatureMap& map, const Hyperparameters& theta,
                                              const Observations& data) {
  const Eigen::VectorXd noise = noise_diagonal(data.known_variance, data.y.size(), theta.noise);
  auto covariance = Covariance::make(map, theta, data.X, noise);
  if (!covariance) return std::nullopt;
  return Posterior(std::make_shared<const Covariance>(*std::move(covariance)), data.y);
}

Posterior::Posterior(std::shared_ptr<const Covariance> covariance, Eigen::VectorXd y)
    : covariance_(std::move(covariance)), y_(std::move(y)) {
  assert(covariance_->size() == y_.size());
  surprises_ = covariance_->solve((y_.array() - theta().mean).matrix(), false);
  alpha_ = covariance_->solve(surprises_, true);
}

Posterior Posterior::with_covariance(std::shared_ptr<const Covariance> covariance,
                                     const std::vector<Eigen::Index>& places) const {
  assert(std::ssize(places) == size());
  Posterior next = *this;
  next.alpha_ = Eigen::VectorXd::Zero(covariance->size());
  next.alpha_(places) = alpha_;
  next.covariance_ = std::move(covariance);
  return next;
}

Prediction Posterior::predict(const Eigen::MatrixXd& P) const {
  Prediction out{Eigen::VectorXd(P.rows()), Eigen::VectorXd(P.rows())};
  for (Eigen::Index first = 0; first < P.rows(); first += block) {
    const Eigen::Index count = std::min(block, P.rows() - first);
    const Eigen::MatrixXd Zp = covariance_->map().scaled(P.middleRows(first, count), theta().lengthscales);
    const Eigen::MatrixXd cross = matern52(covariance_->features(), Zp, theta().output_scale);
    out.mean.segment(first, count) = ((cross.transpose() * alpha_).array() + theta().mean).matrix();
    const Eigen::ArrayXd explained = covariance_->solve(cross, false).colwise().squaredNorm().transpose().array();
    out.variance.segment(first, count) = (theta().output_scale - explained).max(least_variance).matrix();
  }
  return out;
}

Eigen::VectorXd Posterior::predict_mean(const Eigen::MatrixXd& P) const {
  Eigen::VectorXd mean(P.rows());
  for (Eigen::Index first = 0; first < P.rows(); first += block) {
    const Eigen::Index count = std::min(block, P.rows() - first);
    const Eigen::MatrixXd Zp = covariance_->map().scaled(P.middleRows(first, count), theta().lengthscales);
    const Eigen::MatrixXd cross = matern52(covariance_->features(), Zp, theta().output_scale);
    mean.segment(first, count) = ((cross.transpose() * alpha_).array() + theta().mean).matrix();
  }
  return mean;
}

JointPrediction Posterior::predict_jointly(const Eigen::MatrixXd& P) const {
  const Eigen::MatrixXd Zp = covariance_->map().scaled(P, theta().lengthscales);
  const Eigen::MatrixXd cross = matern52(covariance_->features(), Zp, theta().output_scale);
  const Eigen::MatrixXd white = covariance_->solve(cross, false);
  JointPrediction out;
  out.mean = ((cross.transpose() * alpha_).array() + theta().mean).matrix();
  out.covariance = matern52(Zp, Zp, theta().output_scale);
  out.covariance.selfadjointView<Eigen::Lower>().rankUpdate(white.transpose(), -1.0);
  return out;
}

CrossPrediction Posterior::predict_with(const Eigen::MatrixXd& P, const Eigen::MatrixXd& others) const {
  const double scale = theta().output_scale;
  const Eigen::MatrixXd Zp = covariance_->map().scaled(P, theta().lengthscales);
  const Eigen::MatrixXd Zo = covariance_->map().scaled(others, theta().lengthscales);
  const Eigen::MatrixXd cross = matern52(covariance_->features(), Zp, scale);
  const Eigen::MatrixXd white = covariance_->solve(cross, false);
  const Eigen::MatrixXd white_others = covariance_->solve(matern52(covariance_->features(), Zo, scale), false);
  CrossPrediction out;
  out.at.mean = ((cross.transpose() * alpha_).array() + theta().mean).matrix();
  out.at.variance = (scale - white.colwise().squaredNorm().transpose().array()).max(least_variance).matrix();
  out.covariance = matern52(Zp, Zo, scale);
  dense().add_transposed_product(-1.0, white.data(), white.cols(), white_others.data(), white_others.cols(),
                                 white.rows(), out.covariance.data(), out.covariance.rows());
  return out;
}

PredictionWithGradients Posterior::predict_with_gradients(const Eigen::MatrixXd& P) const {
  const Eigen::MatrixXd Zp = covariance_->map().scaled(P, theta().lengthscales);
  const KernelValues kernel = matern52_with_derivative(covariance_->features(), Zp, theta().output_scale);
  const Eigen::MatrixXd white = covariance_->solve(kernel.k, false);
  PredictionWithGradients out;
  out.at.mean = ((kernel.k.transpose() * alpha_).array() + theta().mean).matrix();
  out.at.variance = (theta().output_scale - white.colwise().squaredNorm().transpose().array()).max(least_variance);

  // d r2 / d z_p = 2 (z_p - z_i), so each gradient is a weighted sum of differences: (sum w) z_p - Z^T w.
  const Eigen::MatrixXd mean_weights = alpha_.asDiagonal() * kernel.dk;
  const Eigen::MatrixXd variance_weights = covariance_->solve(white, true).cwiseProduct(kernel.dk);
  const auto gradient = [&](const Eigen::MatrixXd& w, double factor) {
    const Eigen::VectorXd sums = w.colwise().sum();
    Eigen::MatrixXd in_features = factor * (sums.asDiagonal() * Zp);
    dense().add_transposed_product(-factor, w.data(), w.cols(), covariance_->features().data(),
                                   covariance_->features().cols(), w.rows(), in_features.data(), in_features.rows());
    Eigen::MatrixXd result = Eigen::MatrixXd::Zero(P.rows(), P.cols());
    for (Eigen::Index j = 0; j < P.cols(); ++j) {
      if (!covariance_->map().is_categorical(j))
        result.col(j) = in_features.col(covariance_->map().first_feature(j)) / theta().lengthscales(j);
    }
    return result;
  };
  out.mean_gradient = gradient(mean_weights, 2.0);
  out.variance_gradient = gradient(variance_weights, -4.0);
  return out;
}

Eigen::VectorXd Posterior::mean_at_observations() const {
  assert(alpha_.size() == y_.size());
  // K alpha = y - mean, and K differs from the noise-free covariance by the diagonal only.
  return y_ - covariance_->diagonal().cwiseProduct(alpha_);
}

Posterior Posterior::with_observations(const Observations& more) const {
  assert(alpha_.size() == y_.size());
  const Eigen::VectorXd noise = noise_diagonal(more.known_variance, more.y.size(), theta().noise);
  auto covariance = std::make_shared<Covariance>(*covariance_);
  for (Eigen::Index i = 0; i < more.y.size(); ++i) covariance->append(more.X.row(i).transpose(), noise(i));
  Eigen::VectorXd y(y_.size() + more.y.size());
  y << y_, more.y;
  return {std::move(covariance), std::move(y)};
}

Posterior Posterior::with_believed(const Eigen::MatrixXd& pending, double noise) const {
  return with_observations({pending, predict_mean(pending), Eigen::VectorXd::Constant(pending.rows(), noise)});
}

}  // namespace stune::model
