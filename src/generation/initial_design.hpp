/// \file Points for trials that no result is needed for.
#pragma once

#include <Eigen/Core>
#include <cstdint>

#include "generation/domain.hpp"
#include "generation/sobol.hpp"

namespace stune::generation {

/// Immutable; all randomness follows from the seed.
class InitialDesign {
 public:
  enum class Kind : std::uint8_t {
    sobol,  ///< the centre, then scrambled Sobol points
    random  ///< each independent of the others, uniform
  };
  InitialDesign(Domain domain, std::uint64_t seed, Kind kind = Kind::sobol);

  Eigen::VectorXd point(std::int64_t index) const;

 private:
  Domain domain_;
  std::uint64_t seed_;
  Kind kind_;
  ScrambledSobol sobol_;
};

}  // namespace stune::generation
