#include "generation/local_search.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "model/bounded_lbfgs.hpp"

namespace stune::generation {

namespace {

constexpr std::int64_t coarse_size = 16;  // grids of at most so many values are searched value by value
constexpr std::int64_t fine = 1000;       // beyond, they are as good as continuous

using Indices = std::vector<Eigen::Index>;

Indices climbing_dimensions(const Domain& domain) {
  Indices result;
  for (Eigen::Index j = 0; j < domain.size(); ++j) {
    const Dimension& x = domain[j];
    if (x.is_continuous() || (!x.is_categorical() && x.size() > coarse_size)) result.push_back(j);
  }
  return result;
}

// Coordinates worth trying in place of this one.
std::vector<double> alternatives(const Dimension& dimension, double coordinate) {
  std::vector<double> result;
  if (dimension.is_continuous()) return result;
  const std::int64_t here = dimension.nearest(coordinate);
  if (dimension.is_categorical() || dimension.size() <= coarse_size) {
    for (std::int64_t i = 0; i < dimension.size(); ++i) {
      if (i != here) result.push_back(dimension.value(i));
    }
    return result;
  }
  // The finest are left to climbs, which need the last step only.
  const std::int64_t furthest = dimension.size() <= fine ? dimension.size() : 2;
  for (std::int64_t step = 1; step < furthest; step *= 2) {
    if (here - step >= 0) result.push_back(dimension.value(here - step));
    if (here + step < dimension.size()) result.push_back(dimension.value(here + step));
  }
  return result;
}

// Climbs the rows `members` of the population along `free` coordinates, divided by the lengthscales so that all are
// alike.
void climb(Population& population, const Indices& members, const Indices& free,
           const LogExpectedImprovement& acquisition, const Domain& domain, const LocalSearchOptions& options) {
  const Eigen::VectorXd scale = acquisition.lengthscales()(free);
  model::LbfgsOptions lbfgs;
  lbfgs.max_iterations = options.max_iterations;
  lbfgs.gradient_tolerance = options.gradient_tolerance;
  lbfgs.relative_decrease = 1e-8;
  const bool boxed = !options.box.is_everything();
  const Eigen::VectorXd lower = boxed ? Eigen::VectorXd(options.box.lower(free).cwiseQuotient(scale))
                                      : Eigen::VectorXd(Eigen::VectorXd::Zero(scale.size()));
  const Eigen::VectorXd upper =
      boxed ? Eigen::VectorXd(options.box.upper(free).cwiseQuotient(scale)) : Eigen::VectorXd(scale.cwiseInverse());
  std::vector<model::BoundedLbfgs> searches;
  for (const Eigen::Index i : members) {
    const Eigen::VectorXd start = population.points.row(i)(free).transpose().cwiseQuotient(scale);
    searches.emplace_back(start, lower, upper, lbfgs);
  }
  const auto place = [&](std::size_t k, const Eigen::VectorXd& u) {
    Eigen::VectorXd point = population.points.row(members[k]).transpose();
    point(free) = u.cwiseProduct(scale).cwiseMax(0.0).cwiseMin(1.0);
    return point;
  };
  std::vector<std::size_t> live(searches.size());
  for (std::size_t k = 0; k < live.size(); ++k) live[k] = k;
  Eigen::MatrixXd gradients;
  while (!live.empty()) {
    Eigen::MatrixXd queries(static_cast<Eigen::Index>(live.size()), domain.size());
    for (std::size_t r = 0; r < live.size(); ++r) {
      queries.row(static_cast<Eigen::Index>(r)) = place(live[r], searches[live[r]].query()).transpose();
    }
    const Eigen::VectorXd values = acquisition.values(queries, gradients);
    for (std::size_t r = 0; r < live.size(); ++r) {
      auto& search = searches[live[r]];
      const auto row = static_cast<Eigen::Index>(r);
      if (search.tell_value(-values(row)))
        search.tell_gradient(-gradients.row(row)(free).transpose().cwiseProduct(scale));
    }
    std::erase_if(live, [&](std::size_t k) { return searches[k].done(); });
  }
  Eigen::MatrixXd ends(static_cast<Eigen::Index>(members.size()), domain.size());
  for (std::size_t k = 0; k < members.size(); ++k) {
    ends.row(static_cast<Eigen::Index>(k)) = domain.snap(place(k, searches[k].point())).transpose();
  }
  const Eigen::VectorXd values = acquisition.values(ends);
  for (std::size_t k = 0; k < members.size(); ++k) {
    const auto row = static_cast<Eigen::Index>(k);
    if (values(row) <= population.values(members[k])) continue;
    population.points.row(members[k]) = ends.row(row);
    population.values(members[k]) = values(row);
  }
}

// Gives each member its best change of one discrete coordinate, or as many of them as `most` points to look at allow,
// at least one; returns those that changed. What was looked at is taken off `left`.
Indices best_neighbours(Population& population, const Indices& members, const LogExpectedImprovement& acquisition,
                        const Domain& domain, const Box& box, Eigen::Index most, Eigen::Index& left) {
  std::vector<Eigen::VectorXd> neighbours;
  Indices owner;
  for (const Eigen::Index i : members) {
    if (std::ssize(neighbours) >= most) break;
    for (Eigen::Index j = 0; j < domain.size(); ++j) {
      for (const double other : alternatives(domain[j], population.points(i, j))) {
        if (!allows(box, domain, j, other)) continue;
        neighbours.emplace_back(population.points.row(i).transpose());
        neighbours.back()(j) = other;
        owner.push_back(i);
      }
    }
  }
  Indices changed;
  left -= std::ssize(neighbours);
  if (neighbours.empty()) return changed;
  Eigen::MatrixXd P(static_cast<Eigen::Index>(neighbours.size()), domain.size());
  for (std::size_t r = 0; r < neighbours.size(); ++r) P.row(static_cast<Eigen::Index>(r)) = neighbours[r].transpose();
  const Eigen::VectorXd values = acquisition.values(P);
  for (std::size_t r = 0; r < neighbours.size(); ++r) {
    const Eigen::Index i = owner[r];
    const double value = values(static_cast<Eigen::Index>(r));
    if (value <= population.values(i) + 1e-9) continue;
    population.values(i) = value;
    population.points.row(i) = P.row(static_cast<Eigen::Index>(r));
    if (changed.empty() || changed.back() != i) changed.push_back(i);
  }
  return changed;
}

// Of the members that may still rise, those worth it: not far below the best, and one of those that have met.
Indices promising(const Population& population, Indices members) {
  constexpr double far_below = 3.0;  // of log acquisition: a twentieth
  const double least = population.values.maxCoeff() - far_below;
  std::erase_if(members, [&](Eigen::Index i) { return population.values(i) < least; });
  std::stable_sort(members.begin(), members.end(),
                   [&](Eigen::Index a, Eigen::Index b) { return population.values(a) > population.values(b); });
  const auto same = [&](Eigen::Index a, Eigen::Index b) {
    return std::abs(population.values(a) - population.values(b)) < 1e-6 &&
           (population.points.row(a) - population.points.row(b)).cwiseAbs().maxCoeff() < 1e-3;
  };
  members.erase(std::unique(members.begin(), members.end(), same), members.end());
  return members;
}

}  // namespace

void improve(Population& population, const LogExpectedImprovement& acquisition, const Domain& domain,
             const LocalSearchOptions& options) {
  const Indices free = climbing_dimensions(domain);
  const bool moves = std::any_of(domain.dimensions.begin(), domain.dimensions.end(),
                                 [](const Dimension& x) { return !x.is_continuous(); });
  Indices members;
  for (Eigen::Index i = 0; i < population.points.rows(); ++i) members.push_back(i);
  constexpr int moves_between_climbs = 4;
  Eigen::Index left = options.max_moves;
  for (int round = 0; round < options.max_rounds && !members.empty(); ++round) {
    if (!free.empty()) climb(population, members, free, acquisition, domain, options);
    if (!moves) return;
    if (round == 0) members = promising(population, std::move(members));
    Indices changed_in_round;
    Indices active = members;
    for (int step = 0; step < moves_between_climbs && !active.empty() && left > 0; ++step) {
      active = best_neighbours(population, active, acquisition, domain, options.box,
                               options.max_moves / moves_between_climbs, left);
      if (step == 0) changed_in_round = active;
    }
    members = promising(population, std::move(changed_in_round));
  }
}

}  // namespace stune::generation
