#include "generation/initial_design.hpp"

#include <utility>

#include "base/random.hpp"

namespace stune::generation {

namespace {

constexpr std::uint64_t point_streams = 2;  // random point k has stream point_streams + k of the seed

}  // namespace

InitialDesign::InitialDesign(Domain domain, std::uint64_t seed, Kind kind)
    : domain_(std::move(domain)), seed_(seed), kind_(kind), sobol_(domain_.size(), seed) {}

Eigen::VectorXd InitialDesign::point(std::int64_t index) const {
  const auto i = static_cast<std::uint64_t>(index);
  if (kind_ == Kind::random) {
    // Point 0 of a differently scrambled sequence each time.
    const ScrambledSobol once(domain_.size(), stream_seed(seed_, point_streams + i));
    return domain_.from_uniform(once.points(0, 1)).row(0).transpose();
  }
  if (index == 0) return domain_.centre();
  return domain_.from_uniform(sobol_.points(i - 1, 1)).row(0).transpose();
}

}  // namespace stune::generation
