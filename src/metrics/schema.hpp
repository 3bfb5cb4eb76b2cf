/// \file What a trial writes to the HDF5 file $STUNE_METRICS, for a metric of any name:
///
///     NAME         a number                 the final value
///     NAME         a row of n numbers       a progression
///     NAME.step    a row of n integers      its steps; without it they are 0, 1, ... n-1. Rising, never negative
///     NAME.time    a row of n numbers       when each point was measured, in seconds since 1970
///     NAME.sem     a number, or a row of n  standard error of the value, or of each point; 0 says exact
///
/// Any integer or float type; a name with slashes lies in groups. The last point of a progression is the result, unless
/// the trial also gives a final value with `stune metric`. Points that are no finite number are left out, but a result
/// that is none makes the trial fail. A progression is thinned to at most `most_points`, its last point included.
///
/// The same names may be reported with `stune metric NAME=VALUE [--sem S] [--step K]`. For the same metric and step the
/// file wins.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "h5/file.hpp"
#include "stune/hdf5_metric.hpp"

namespace stune::metrics {

inline constexpr std::size_t most_points = 500;

/// A value that is not what the schema says: why, without the file's name.
struct Mismatch {
  std::string why;
};
using Read = std::variant<std::vector<Observation>, Mismatch>;

/// Raw numbers of one metric. Empty `steps`, `sems` and `times`: not given.
struct Series {
  h5::Numbers values;
  std::vector<double> steps;
  std::vector<double> sems;
  std::vector<double> times{};
};

/// By the schema above; a final value is there too if `reduce` is not "last". All points, also those not finite. Pure.
Read to_observations(const std::string& metric, const Series& series, const std::string& reduce);

/// One final value for data that the application writes in its own way: last, min, max or mean of a row. Pure.
Read reduce_to_final(const std::string& metric, const Series& series, const std::string& reduce);

/// `file` and `reported` together, by step; `file` wins, but for a time that it does not know.
std::vector<Observation> merge(std::vector<Observation> file, const std::vector<Observation>& reported);

/// Without points that are not finite, but for the last word, and with at most most_points. They are in order.
std::vector<Observation> thin(std::vector<Observation> observations);

}  // namespace stune::metrics
