#include "generation/acquisition_optimizer.hpp"

#include <algorithm>
#include <numeric>
#include <vector>

#include "generation/raw_points.hpp"

namespace stune::generation {

namespace {

bool allowed(const Exclusion* excluded, const Eigen::VectorXd& point) {
  return excluded == nullptr || !excluded->contains(point);
}

// The best allowed member; empty when none is.
std::optional<Maximum> best_allowed(const Population& population, const Exclusion* excluded) {
  std::vector<Eigen::Index> order(static_cast<std::size_t>(population.values.size()));
  std::iota(order.begin(), order.end(), Eigen::Index{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](Eigen::Index a, Eigen::Index b) { return population.values(a) > population.values(b); });
  for (const Eigen::Index i : order) {
    const Eigen::VectorXd point = population.points.row(i).transpose();
    if (allowed(excluded, point)) return Maximum{point, population.values(i), {}};
  }
  return std::nullopt;
}

// All allowed points of a small domain.
Population enumerate(const LogExpectedImprovement& acquisition, const Domain& domain, std::int64_t count,
                     const Exclusion* excluded) {
  std::vector<Eigen::VectorXd> points;
  for (std::int64_t i = 0; i < count; ++i) {
    Eigen::VectorXd point = domain.point(i);
    if (allowed(excluded, point)) points.push_back(std::move(point));
  }
  Population all{Eigen::MatrixXd(std::ssize(points), domain.size()), {}};
  for (std::size_t i = 0; i < points.size(); ++i) {
    all.points.row(static_cast<Eigen::Index>(i)) = points[i].transpose();
  }
  all.values = acquisition.values(all.points);
  return all;
}

Population look_around(const LogExpectedImprovement& acquisition, const Domain& domain,
                       const Eigen::MatrixXd& best_known, RandomNumbers& random,
                       const AcquisitionOptimizerOptions& options) {
  const Box& box = options.search.box;
  const Eigen::MatrixXd spread = spread_points(domain, options.spread, random.bits(), box);
  const bool known = best_known.rows() > 0;
  const Eigen::MatrixXd local =
      known ? local_points(domain, best_known, options.local, random) : Eigen::MatrixXd(0, domain.size());
  Population raw;
  raw.points.resize(spread.rows() + local.rows() + (known ? 1 : 0), domain.size());
  raw.points << spread, local, best_known.topRows(known ? 1 : 0);
  for (Eigen::Index i = spread.rows(); i < raw.points.rows(); ++i) {
    raw.points.row(i) = clamped(raw.points.row(i).transpose(), domain, box).transpose();
  }
  raw.values = acquisition.values(raw.points);
  return raw;
}

// The ends of all climbs, and what they might have started from.
Eigen::MatrixXd others(const Population& ends, const Population& raw, const Exclusion* excluded, Eigen::Index count,
                       RandomNumbers& random) {
  const auto starts = choose_starts(raw.values, count, random);
  Eigen::MatrixXd P(ends.points.rows() + std::ssize(starts), ends.points.cols());
  P << ends.points, raw.points(starts, Eigen::all);
  std::vector<Eigen::Index> kept;
  for (Eigen::Index i = 0; i < P.rows(); ++i) {
    if (allowed(excluded, P.row(i).transpose())) kept.push_back(i);
  }
  return P(kept, Eigen::all);
}

// A model of n points costs n^2 for each point that is looked at.
double affordable_points(const AcquisitionOptimizerOptions& options, Eigen::Index n) {
  return options.work / static_cast<double>(std::max<Eigen::Index>(n * n, 1));
}

// And a climb some 50 times that.
AcquisitionOptimizerOptions within_work(AcquisitionOptimizerOptions options, Eigen::Index n, Eigen::Index d) {
  const double affordable = affordable_points(options, n);
  const double share = std::clamp(affordable / static_cast<double>(options.spread + options.local), 0.1, 1.0);
  const auto part = [&](Eigen::Index count) { return static_cast<Eigen::Index>(share * static_cast<double>(count)); };
  options.spread = part(options.spread);
  options.local = part(options.local);
  if (options.starts == 0) options.starts = std::max<Eigen::Index>(3, part(d > 10 ? 20 : 10));
  if (share < 1.0)
    options.search.max_iterations = std::max(20, static_cast<int>(share * options.search.max_iterations));
  const auto moves = static_cast<Eigen::Index>(affordable);
  options.search.max_moves = std::clamp<Eigen::Index>(moves, 1, options.search.max_moves);
  return options;
}

}  // namespace

std::optional<Maximum> maximize(const LogExpectedImprovement& acquisition, const Domain& domain,
                                const Eigen::MatrixXd& best_known, const Exclusion* excluded, std::uint64_t stream,
                                const AcquisitionOptimizerOptions& options) {
  if (excluded != nullptr && excluded->is_everything()) return std::nullopt;
  RandomNumbers random(stream);
  if (const auto count = domain.count(); count && *count <= options.enumerate_at_most) {
    const std::int64_t left = *count - (excluded != nullptr ? excluded->size() : 0);
    if (static_cast<double>(left) <= affordable_points(options, acquisition.size())) {
      const Population all = enumerate(acquisition, domain, *count, excluded);
      auto best = best_allowed(all, nullptr);
      if (best && options.others > 0)
        best->others = all.points(choose_starts(all.values, options.others, random), Eigen::all);
      return best;
    }
  }

  const AcquisitionOptimizerOptions fitting = within_work(options, acquisition.size(), domain.size());
  const Population raw = look_around(acquisition, domain, best_known, random, fitting);
  const Eigen::Index starts = fitting.starts;
  auto chosen = choose_starts(raw.values, starts, random);
  if (best_known.rows() > 0) chosen.push_back(raw.points.rows() - 1);
  Population population{raw.points(chosen, Eigen::all), raw.values(chosen)};
  improve(population, acquisition, domain, fitting.search);
  if (auto best = best_allowed(population, excluded)) {
    if (options.others > 0) best->others = others(population, raw, excluded, options.others, random);
    return best;
  }
  if (auto best = best_allowed(raw, excluded)) return best;
  const auto left = point_left(domain, excluded, random.bits());
  if (!left) return std::nullopt;
  return Maximum{*left, acquisition.values(left->transpose())(0), {}};
}

std::optional<Eigen::VectorXd> point_left(const Domain& domain, const Exclusion* excluded, std::uint64_t stream) {
  if (excluded != nullptr && excluded->is_everything()) return std::nullopt;
  const Eigen::MatrixXd P = spread_points(domain, 256, stream);
  for (Eigen::Index i = 0; i < P.rows(); ++i) {
    if (allowed(excluded, P.row(i).transpose())) return P.row(i).transpose();
  }
  // Nearly all are excluded, so the domain is finite; and not larger than the exclusion by much.
  return excluded->first_left();
}

}  // namespace stune::generation
