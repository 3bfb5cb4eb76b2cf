/// \file Finds the most promising point of a domain. Numbers only; everything random follows from the stream.
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <optional>

#include "generation/acquisition.hpp"
#include "generation/domain.hpp"
#include "generation/exclusion.hpp"
#include "generation/local_search.hpp"

namespace stune::generation {

struct AcquisitionOptimizerOptions {
  Eigen::Index spread = 1024;  ///< points over the whole domain that are looked at
  Eigen::Index local = 512;    ///< points near the best ones known
  Eigen::Index starts = 0;     ///< of them that are improved; 0: 10, or 20 above 10 dimensions
  double work = 2.5e8;         ///< of looking at points, in multiplications: in large models fewer points are looked at
  std::int64_t enumerate_at_most = 10'000;  ///< a discrete domain is looked at point by point, within `work`
  Eigen::Index others = 0;                  ///< so many other points that were looked at are wanted, too
  LocalSearchOptions search;
};

struct Maximum {
  Eigen::VectorXd point;  ///< in the domain
  double value = 0.0;
  Eigen::MatrixXd others;  ///< promising ones that are allowed; rows
};

/// `best_known` (rows, best first; may be empty) are points of the domain to look around. `excluded` may be null. Empty
/// result: the domain is finite and all of it is excluded.
std::optional<Maximum> maximize(const LogExpectedImprovement& acquisition, const Domain& domain,
                                const Eigen::MatrixXd& best_known, const Exclusion* excluded, std::uint64_t stream,
                                const AcquisitionOptimizerOptions& options);

/// A point of the domain that is not excluded, evenly spread over streams; empty when there is none.
std::optional<Eigen::VectorXd> point_left(const Domain& domain, const Exclusion* excluded, std::uint64_t stream);

}  // namespace stune::generation
