/// \file Where an observation with noise tells most about which point is best. Expected improvement asks how high an
/// outcome may be; under noise it is as important what the outcome will let believe of all points that are known:
///     KG(x) = E max_i (mu_i + s_i Z) - max_i mu_i,   s_i = cov(f_i, f(x)) / sqrt(var f(x) + noise)
/// where i runs over the points the posterior knows, and in the first maximum over x itself, too.
/// References: Frazier, Powell & Dayanik (2009), INFORMS J. Computing 21(4), 599-613; Scott, Frazier & Powell (2011),
/// SIAM J. Optimization 21(3), 996-1026.
#pragma once

#include <Eigen/Core>
#include <vector>

#include "model/posterior.hpp"

namespace stune::generation {

/// What is expected of a point after an observation: mean + slope Z, Z standard normal.
struct Line {
  double mean;
  double slope;
};

/// E max_i (mean_i + slope_i Z) - max_i mean_i over k >= 1 lines; never negative. O(k log k).
double expected_gain(std::vector<Line> lines);

/// KG of each row of `candidates` (m x d) where an observation has this variance around the outcome. Of the points that
/// are known only the few best count. O(n^2 (m + D)) for n known points.
Eigen::VectorXd knowledge_gradients(const model::Posterior& posterior, const Eigen::MatrixXd& candidates, double noise);

}  // namespace stune::generation
