/// \file What several objectives at once have reached: the Pareto front and the hypervolume. For two objectives, both
/// to be minimized; what is maximized is negated by the caller. Knows no experiment. Pure.
///
/// A point dominates another if it is nowhere larger and somewhere smaller. The Pareto front is what nothing dominates;
/// equal points do not dominate each other. The hypervolume of points p for a reference point r is the area of the
/// union of the rectangles [p0, r0] x [p1, r1]: of all that some point dominates and that is still better than r.
/// Reference: Zitzler & Thiele (1998), Multiobjective optimization using evolutionary algorithms: a comparative case
/// study, PPSN V.
///
/// Points with a coordinate that is not finite are as if they were not there.
#pragma once

#include <array>
#include <cstddef>
#include <vector>

namespace stune::analysis {

using Losses = std::array<double, 2>;  ///< of one trial, the less the better

/// Places of the points on the Pareto front, of equal points all; from the lowest first loss to the lowest second one,
/// equal ones by place. O(n log n).
std::vector<std::size_t> pareto_front(const std::vector<Losses>& points);

/// 0 where no point is better than the reference in both. Points that are not, and dominated ones, change nothing; the
/// order of the points neither. O(n log n).
double hypervolume(const std::vector<Losses>& points, const Losses& reference);

/// The hypervolume of the first point, of the first two, and so on. Never falls. O(n log n) for all of them.
std::vector<double> growing_hypervolume(const std::vector<Losses>& points, const Losses& reference);

}  // namespace stune::analysis
