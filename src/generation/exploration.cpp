#include "generation/exploration.hpp"

#include <cmath>
#include <vector>

#include "generation/random_numbers.hpp"
#include "generation/raw_points.hpp"

namespace stune::generation {

namespace {

// The row that may be highest.
Eigen::VectorXd most_hopeful(const model::Posterior& posterior, const Eigen::MatrixXd& P) {
  constexpr double optimism = 3.0;
  const model::Prediction at = posterior.predict(P);
  Eigen::Index place = 0;
  (at.mean.array() + optimism * at.variance.array().sqrt()).maxCoeff(&place);
  return P.row(place).transpose();
}

}  // namespace

std::optional<Eigen::VectorXd> unexplored(const Domain& domain, const model::Posterior& posterior, const Box& box,
                                          const Exclusion* excluded, std::uint64_t stream) {
  Eigen::VectorXd point = most_hopeful(posterior, spread_points(domain, 512, ~stream, box));
  if (excluded != nullptr && excluded->contains(point)) return std::nullopt;
  return point;
}

std::optional<Eigen::VectorXd> unexplored_along_an_axis(const Domain& domain, const model::Posterior& posterior,
                                                        const Eigen::VectorXd& centre, const Box& box,
                                                        const Exclusion* excluded, std::uint64_t stream) {
  constexpr int places = 32;
  const Eigen::VectorXd& lengthscales = posterior.theta().lengthscales;
  const Eigen::VectorXd from = clamped(centre, domain, box);
  RandomNumbers random(~stream);
  std::vector<Eigen::VectorXd> points;
  for (Eigen::Index j = 0; j < domain.size(); ++j) {
    const double shift = random.uniform();
    const double least = domain[j].is_categorical() ? 0.0 : lengthscales(j);
    for (int k = 0; k < places; ++k) {
      Eigen::VectorXd point = from;
      point(j) = domain[j].from_uniform((k + shift) / places);
      if (point(j) == from(j) || std::abs(point(j) - from(j)) < least || !allows(box, domain, j, point(j))) continue;
      if (excluded == nullptr || !excluded->contains(point)) points.push_back(std::move(point));
    }
  }
  if (points.empty()) return std::nullopt;
  Eigen::MatrixXd P(static_cast<Eigen::Index>(points.size()), domain.size());
  for (std::size_t r = 0; r < points.size(); ++r) P.row(static_cast<Eigen::Index>(r)) = points[r].transpose();
  return most_hopeful(posterior, P);
}

}  // namespace stune::generation
