#include "model/posterior.hpp"

#include <algorithm>
#include <utility>

#include "model/dense.hpp"
#include "model/kernel.hpp"

namespace stune::model {

namespace {
constexpr double least_variance = 1e-12;
constexpr Eigen::Index largest_inverse = 400;  // above, one solve per batch is cheaper than making the inverse
}  // namespace

std::optional<Posterior> Posterior::condition(const FeatureMap& map, const Hyperparameters& theta,
                                              const Observations& data) {
  const Eigen::Index n = data.y.size();
  Posterior posterior(map, theta);
  posterior.Z_ = map.scaled(data.X, theta.lengthscales);
  posterior.y_ = data.y;
  posterior.diagonal_ = noise_diagonal(data.known_variance, n, theta.noise);
  KernelValues kernel;
  symmetric_matern52(posterior.Z_, kernel);
  Eigen::MatrixXd K = theta.output_scale * kernel.k;
  K.diagonal() += posterior.diagonal_;
  auto factor = factorize(K);
  if (!factor) return std::nullopt;
  posterior.factor_ = *std::move(factor);
  posterior.diagonal_.array() += posterior.factor_.jitter;
  if (n <= largest_inverse) posterior.inverse_ = inverse_of_lower(posterior.factor_.L);
  posterior.learn_weights();
  return posterior;
}

void Posterior::learn_weights() {
  alpha_ = (y_.array() - theta_.mean).matrix();
  dense().lower_solve(factor_.L.data(), size(), size(), alpha_.data(), 1, false);
  dense().lower_solve(factor_.L.data(), size(), size(), alpha_.data(), 1, true);
}

Eigen::MatrixXd Posterior::solve(const Eigen::MatrixXd& columns, bool transposed) const {
  const Eigen::Index n = size();
  if (n == 0) return columns;
  if (inverse_.size() != 0) {
    Eigen::MatrixXd result(n, columns.cols());
    dense().lower_times(inverse_.data(), n, n, columns.data(), columns.cols(), transposed, result.data());
    return result;
  }
  Eigen::MatrixXd result = columns;
  dense().lower_solve(factor_.L.data(), n, n, result.data(), result.cols(), transposed);
  return result;
}

Prediction Posterior::predict(const Eigen::MatrixXd& P) const {
  // In blocks that stay in the cache while they pass through kernel and solve.
  constexpr Eigen::Index block = 128;
  Prediction out{Eigen::VectorXd(P.rows()), Eigen::VectorXd(P.rows())};
  for (Eigen::Index first = 0; first < P.rows(); first += block) {
    const Eigen::Index count = std::min(block, P.rows() - first);
    const Eigen::MatrixXd Zp = map_.scaled(P.middleRows(first, count), theta_.lengthscales);
    const Eigen::MatrixXd cross = matern52(Z_, Zp, theta_.output_scale);
    out.mean.segment(first, count) = ((cross.transpose() * alpha_).array() + theta_.mean).matrix();
    const Eigen::ArrayXd explained = solve(cross, false).colwise().squaredNorm().transpose().array();
    out.variance.segment(first, count) = (theta_.output_scale - explained).max(least_variance).matrix();
  }
  return out;
}

PredictionWithGradients Posterior::predict_with_gradients(const Eigen::MatrixXd& P) const {
  const Eigen::MatrixXd Zp = map_.scaled(P, theta_.lengthscales);
  const KernelValues kernel = matern52_with_derivative(Z_, Zp, theta_.output_scale);
  const Eigen::MatrixXd white = solve(kernel.k, false);
  PredictionWithGradients out;
  out.at.mean = ((kernel.k.transpose() * alpha_).array() + theta_.mean).matrix();
  out.at.variance = (theta_.output_scale - white.colwise().squaredNorm().transpose().array()).max(least_variance);

  // d r2 / d z_p = 2 (z_p - z_i), so each gradient is a weighted sum of differences: (sum w) z_p - Z^T w.
  const Eigen::MatrixXd mean_weights = alpha_.asDiagonal() * kernel.dk;
  const Eigen::MatrixXd variance_weights = solve(white, true).cwiseProduct(kernel.dk);
  const auto gradient = [&](const Eigen::MatrixXd& w, double factor) {
    const Eigen::VectorXd sums = w.colwise().sum();
    Eigen::MatrixXd in_features = factor * (sums.asDiagonal() * Zp);
    dense().add_transposed_product(-factor, w.data(), w.cols(), Z_.data(), Z_.cols(), w.rows(), in_features.data(),
                                   in_features.rows());
    Eigen::MatrixXd result = Eigen::MatrixXd::Zero(P.rows(), P.cols());
    for (Eigen::Index j = 0; j < P.cols(); ++j) {
      if (!map_.is_categorical(j)) result.col(j) = in_features.col(map_.first_feature(j)) / theta_.lengthscales(j);
    }
    return result;
  };
  out.mean_gradient = gradient(mean_weights, 2.0);
  out.variance_gradient = gradient(variance_weights, -4.0);
  return out;
}

Eigen::VectorXd Posterior::mean_at_observations() const {
  // K alpha = y - mean, and K differs from the noise-free covariance by the diagonal only.
  return y_ - diagonal_.cwiseProduct(alpha_);
}

std::optional<Posterior> Posterior::with_observations(const Observations& more) const {
  const Eigen::Index n = size();
  const Eigen::Index p = more.y.size();
  if (n == 0) return condition(map_, theta_, more);
  if (p == 0) return *this;
  Posterior next(map_, theta_);
  const Eigen::MatrixXd Zp = map_.scaled(more.X, theta_.lengthscales);
  const Eigen::MatrixXd cross = matern52(Z_, Zp, theta_.output_scale);
  const Eigen::MatrixXd white = solve(cross, false);  // n x p
  KernelValues kernel;
  symmetric_matern52(Zp, kernel);
  const Eigen::VectorXd noise = noise_diagonal(more.known_variance, p, theta_.noise);
  Eigen::MatrixXd corner = theta_.output_scale * kernel.k;
  corner.diagonal() += noise;
  corner.diagonal().array() += factor_.jitter;
  corner.selfadjointView<Eigen::Lower>().rankUpdate(white.transpose(), -1.0);
  const auto corner_factor = factorize(corner);
  if (!corner_factor) return std::nullopt;

  next.Z_.resize(n + p, Z_.cols());
  next.Z_ << Z_, Zp;
  next.y_.resize(n + p);
  next.y_ << y_, more.y;
  next.diagonal_.resize(n + p);
  next.diagonal_ << diagonal_, (noise.array() + factor_.jitter + corner_factor->jitter).matrix();
  next.factor_.jitter = factor_.jitter;
  next.factor_.L = Eigen::MatrixXd::Zero(n + p, n + p);
  next.factor_.L.topLeftCorner(n, n) = factor_.L;
  next.factor_.L.bottomLeftCorner(p, n) = white.transpose();
  next.factor_.L.bottomRightCorner(p, p) = corner_factor->L;
  if (inverse_.size() != 0 && n + p <= largest_inverse) {
    const Eigen::MatrixXd corner_inverse = inverse_of_lower(corner_factor->L);
    next.inverse_ = Eigen::MatrixXd::Zero(n + p, n + p);
    next.inverse_.topLeftCorner(n, n) = inverse_;
    next.inverse_.bottomRightCorner(p, p) = corner_inverse;
    next.inverse_.bottomLeftCorner(p, n) =
        -(corner_inverse * white.transpose()) * inverse_.triangularView<Eigen::Lower>();
  }
  next.learn_weights();
  return next;
}

std::optional<Posterior> Posterior::with_believed(const Eigen::MatrixXd& pending) const {
  return with_observations({pending, predict(pending).mean, {}});
}

}  // namespace stune::model
