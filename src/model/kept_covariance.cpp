#include "model/kept_covariance.hpp"

#include <cassert>

namespace stune::model {

namespace {

bool equal(const Hyperparameters& a, const Hyperparameters& b) {
  return a.lengthscales.size() == b.lengthscales.size() && a.lengthscales == b.lengthscales &&
         a.output_scale == b.output_scale && a.noise == b.noise && a.mean == b.mean;
}

}  // namespace

std::shared_ptr<const Covariance> KeptCovariance::get(const FeatureMap& map, const Hyperparameters& theta,
                                                      const Eigen::MatrixXd& X, const Eigen::VectorXd& noise,
                                                      Eigen::Index base) {
  assert(base <= X.rows());
  if (kept_ && kept_->base() == base && equal(kept_->theta(), theta)) {
    // Whoever still looks at the last one keeps it as it was.
    if (kept_.use_count() > 1) kept_ = std::make_shared<Covariance>(*kept_);
    if (kept_->become(X, noise)) return kept_;
  }
  kept_.reset();
  auto made = Covariance::make(map, theta, X.topRows(base), noise.head(base));
  if (!made) return nullptr;
  kept_ = std::make_shared<Covariance>(*std::move(made));
  for (Eigen::Index i = base; i < X.rows(); ++i) kept_->append(X.row(i).transpose(), noise(i));
  return kept_;
}

}  // namespace stune::model
