#include "generation/followers.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace stune::generation {

namespace {

constexpr double least_variance = 1e-12;

}  // namespace

std::vector<Eigen::Index> followers(LogExpectedImprovement acquisition, const Eigen::VectorXd& first,
                                    const Eigen::MatrixXd& pool, double noise, Eigen::Index count) {
  constexpr double same = 1e-4;  // of the width of the space
  const Eigen::Index m = pool.rows();
  Eigen::MatrixXd P(m + 1, pool.cols());
  P << pool, first.transpose();
  const model::Posterior& posterior = acquisition.posterior();
  model::JointPrediction joint = posterior.predict_jointly(P);
  Eigen::MatrixXd S = joint.covariance.selfadjointView<Eigen::Lower>();
  std::vector<Eigen::Index> left(static_cast<std::size_t>(m));
  std::iota(left.begin(), left.end(), Eigen::Index{0});
  std::vector<Eigen::Index> chosen;
  for (Eigen::Index last = m;; last = chosen.back()) {
    std::erase_if(left, [&](Eigen::Index i) { return (P.row(i) - P.row(last)).cwiseAbs().maxCoeff() < same; });
    if (left.empty() || std::ssize(chosen) == count) return chosen;
    const Eigen::VectorXd along = S.col(last) / std::sqrt(S(last, last) + noise);
    S.noalias() -= along * along.transpose();
    acquisition.expect(joint.mean(last));
    chosen.push_back(*std::ranges::max_element(
        left, {}, [&](Eigen::Index i) { return acquisition.value(joint.mean(i), std::max(S(i, i), least_variance)); }));
  }
}

}  // namespace stune::generation
