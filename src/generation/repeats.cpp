#include "generation/repeats.hpp"

#include <cmath>
#include <map>
#include <vector>

namespace stune::generation {

namespace {

bool has_told_error(const Knowledge& known, Eigen::Index i) {
  return known.measured.sem.size() != 0 && std::isfinite(known.measured.sem(i));
}

Eigen::MatrixXd with_rows(const Eigen::MatrixXd& first, const Eigen::MatrixXd& second, Eigen::Index d) {
  Eigen::MatrixXd all(first.rows() + second.rows(), d);
  if (first.rows() > 0) all.topRows(first.rows()) = first;
  if (second.rows() > 0) all.bottomRows(second.rows()) = second;
  return all;
}

}  // namespace

Exclusion known_points(const Domain& domain, const Knowledge& known) {
  const Eigen::Index d = domain.size();
  return {domain, with_rows(known.measured.X, with_rows(known.pending, known.withdrawn, d), d)};
}

bool may_repeat(const Domain& domain, const Knowledge& known, const Exclusion& all_known) {
  std::map<std::vector<double>, double> outcomes;
  bool looked_twice = false;
  for (Eigen::Index i = 0; i < known.measured.y.size(); ++i) {
    const double y = known.measured.y(i);
    if (!std::isfinite(y)) continue;
    if (has_told_error(known, i) && known.measured.sem(i) != 0.0) return true;
    const Eigen::VectorXd point = domain.snap(known.measured.X.row(i).transpose());
    const auto [place, is_new] = outcomes.try_emplace({point.begin(), point.end()}, y);
    if (place->second != y) return true;
    looked_twice = looked_twice || !is_new;
  }
  return !looked_twice && known.pending.rows() == 0 && all_known.is_everything();
}

Exclusion settled_points(const Domain& domain, const Knowledge& known) {
  std::vector<Eigen::Index> exact;
  for (Eigen::Index i = 0; i < known.measured.y.size(); ++i) {
    if (has_told_error(known, i) && known.measured.sem(i) == 0.0) exact.push_back(i);
  }
  return {domain, with_rows(known.measured.X(exact, Eigen::all), known.withdrawn, domain.size())};
}

}  // namespace stune::generation
