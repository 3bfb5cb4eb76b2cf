#include "metrics/schema.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <limits>
#include <map>
#include <numeric>

namespace stune::metrics {
namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

std::string describe(std::size_t count, const char* what, std::size_t values) {
  return "it has " + std::to_string(count) + " " + what + " for " + std::to_string(values) + " value(s)";
}

double sem_at(const Series& series, std::size_t i) {
  if (series.sems.empty()) return unknown;
  return series.sems.size() == 1 ? series.sems.front() : series.sems[i];
}

std::optional<TimePoint> time_at(const Series& series, std::size_t i) {
  if (series.times.empty()) return std::nullopt;
  return TimePoint{std::chrono::round<TimePoint::duration>(Seconds{series.times[i]})};
}

/// Empty if steps, times and standard errors fit the values.
std::string check(const Series& series) {
  const std::size_t count = series.values.values.size();
  if (!series.steps.empty() && series.steps.size() != count) return describe(series.steps.size(), "steps", count);
  if (!series.times.empty() && series.times.size() != count) return describe(series.times.size(), "times", count);
  constexpr double last_time = 9e12;  // in seconds: what microseconds can hold
  const auto is_no_time = [](double time) { return !(time >= 0 && time <= last_time); };
  if (std::any_of(series.times.begin(), series.times.end(), is_no_time)) return "its times are not seconds since 1970";
  if (series.sems.size() > 1 && series.sems.size() != count) return describe(series.sems.size(), "sems", count);
  double before = -1.0;
  for (const double step : series.steps) {
    constexpr double largest = 9e15;
    if (!(step > before) || step > largest || step != std::floor(step)) {
      return "its steps are not rising whole numbers from 0 on";
    }
    before = step;
  }
  const auto is_negative = [](double sem) { return sem < 0; };
  if (std::any_of(series.sems.begin(), series.sems.end(), is_negative)) return "a standard error is negative";
  return {};
}

std::size_t chosen(const std::vector<double>& values, const std::string& reduce) {
  const auto less = [](double a, double b) { return a < b || (std::isnan(b) && !std::isnan(a)); };
  const auto greater = [](double a, double b) { return a > b || (std::isnan(b) && !std::isnan(a)); };
  auto place = values.end() - 1;
  if (reduce == "min") place = std::min_element(values.begin(), values.end(), less);
  if (reduce == "max") place = std::min_element(values.begin(), values.end(), greater);
  return static_cast<std::size_t>(place - values.begin());
}

/// Points are taken as independent.
Observation mean_of(const std::string& metric, const Series& series) {
  const auto& values = series.values.values;
  const auto count = static_cast<double>(values.size());
  Observation result{metric, final_step, std::accumulate(values.begin(), values.end(), 0.0) / count, unknown};
  double squares = 0.0;
  for (std::size_t i = 0; i < values.size(); ++i) squares += sem_at(series, i) * sem_at(series, i);
  result.sem = std::sqrt(squares) / count;
  return result;
}

}  // namespace

Read reduce_to_final(const std::string& metric, const Series& series, const std::string& reduce) {
  if (series.values.values.empty()) return Mismatch{"'" + metric + "' has no values yet"};
  if (const std::string why = check(series); !why.empty()) return Mismatch{"'" + metric + "': " + why};
  if (reduce == "mean") return std::vector{mean_of(metric, series)};
  const std::size_t i = chosen(series.values.values, reduce);
  return std::vector{Observation{metric, final_step, series.values.values[i], sem_at(series, i)}};
}

Read to_observations(const std::string& metric, const Series& series, const std::string& reduce) {
  if (series.values.is_scalar) return reduce_to_final(metric, series, "last");
  Read final_value = reduce_to_final(metric, series, reduce);
  if (std::holds_alternative<Mismatch>(final_value)) return final_value;
  std::vector<Observation> result;
  const auto& values = series.values.values;
  result.reserve(values.size() + 1);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto step = static_cast<std::int64_t>(series.steps.empty() ? static_cast<double>(i) : series.steps[i]);
    result.push_back({metric, step, values[i], sem_at(series, i), time_at(series, i)});
  }
  if (reduce != "last") result.push_back(std::get<std::vector<Observation>>(final_value).front());
  return result;
}

std::vector<Observation> merge(std::vector<Observation> file, const std::vector<Observation>& reported) {
  std::map<std::int64_t, std::size_t> in_file;
  for (std::size_t i = 0; i < file.size(); ++i) in_file[file[i].step] = i;
  for (const Observation& observation : reported) {
    const auto same = in_file.find(observation.step);
    if (same == in_file.end()) {
      file.push_back(observation);
    } else if (!file[same->second].at) {
      file[same->second].at = observation.at;
    }
  }
  std::stable_sort(file.begin(), file.end(), [](const Observation& a, const Observation& b) {
    // The final value, whose step is the smallest number, comes last.
    return static_cast<std::uint64_t>(a.step) < static_cast<std::uint64_t>(b.step);
  });
  return file;
}

std::vector<Observation> thin(std::vector<Observation> observations) {
  if (observations.empty()) return observations;
  const auto last_word = std::prev(observations.end());
  observations.erase(
      std::remove_if(observations.begin(), last_word, [](const Observation& o) { return !std::isfinite(o.mean); }),
      last_word);
  if (observations.size() <= most_points) return observations;
  std::vector<Observation> result;
  result.reserve(most_points);
  const std::size_t last = observations.size() - 1;
  for (std::size_t i = 0; i < most_points; ++i) {
    result.push_back(std::move(observations[i * last / (most_points - 1)]));
  }
  return result;
}

}  // namespace stune::metrics
