#include "generation/repeats.hpp"

#include <cmath>
#include <vector>

#include "experiment/looks.hpp"

namespace stune::generation {

namespace {

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
  Looks looks;
  for (Eigen::Index i = 0; i < known.measured.y.size(); ++i) {
    const Eigen::VectorXd point = domain.snap(known.measured.X.row(i).transpose());
    looks.add({point.begin(), point.end()}, known.measured.y(i),
              known.measured.sem.size() != 0 ? known.measured.sem(i) : std::nan(""));
  }
  return looks.differ() || (!looks.repeated() && known.pending.rows() == 0 && all_known.is_everything());
}

Exclusion settled_points(const Domain& domain, const Knowledge& known) {
  std::vector<Eigen::Index> exact;
  for (Eigen::Index i = 0; i < known.measured.sem.size(); ++i) {
    if (std::isfinite(known.measured.y(i)) && known.measured.sem(i) == 0.0) exact.push_back(i);
  }
  return {domain, with_rows(known.measured.X(exact, Eigen::all), known.withdrawn, domain.size())};
}

}  // namespace stune::generation
