// Against looking at every point.
#include "generation/acquisition_optimizer.hpp"

#include <gtest/gtest.h>

#include "generation/raw_points.hpp"
#include "tests/generation/on_the_plane.hpp"

namespace stune::generation {
namespace {

model::Posterior rugged(const Domain& domain, Eigen::Index n, std::uint64_t seed) {
  model::Observations data{spread_points(domain, n, seed), Eigen::VectorXd(n), {}};
  data.y = ((7.0 * data.X.col(0)).array().sin() + (5.0 * data.X.rowwise().sum()).array().cos()).matrix();
  model::Hyperparameters theta;
  theta.lengthscales = Eigen::VectorXd::Constant(domain.size(), 0.3);
  return model::Posterior::condition(model::FeatureMap(domain.categories()), theta, data).value();
}

Eigen::MatrixXd every_point(const Domain& domain) {
  Eigen::MatrixXd P(*domain.count(), domain.size());
  for (Eigen::Index i = 0; i < P.rows(); ++i) P.row(i) = domain.point(i).transpose();
  return P;
}

TEST(Maximize, FindsTheHighestOfADiscreteDomainByLookingAtAllOrBySearching) {
  const Domain domain{{Dimension::grid(12), Dimension::grid(30), Dimension::categorical(4)}};
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    const model::Posterior posterior = rugged(domain, 25, seed);
    const LogExpectedImprovement acquisition(posterior, 1.0);
    const double highest = acquisition.values(every_point(domain)).maxCoeff();
    AcquisitionOptimizerOptions all, search;
    search.enumerate_at_most = 0;

    EXPECT_DOUBLE_EQ(maximize(acquisition, domain, {}, nullptr, seed, all)->value, highest);
    EXPECT_NEAR(maximize(acquisition, domain, {}, nullptr, seed, search)->value, highest, 1e-9) << seed;
  }
}

TEST(Maximize, TellsOthersThatAreAllowedWhetherItLooksAtAllOrSearches) {
  const Domain domain{{Dimension::grid(12), Dimension::grid(30), Dimension::categorical(4)}};
  const model::Posterior posterior = rugged(domain, 25, 1);
  const LogExpectedImprovement acquisition(posterior, 1.0);
  const Eigen::MatrixXd P = every_point(domain);
  const Exclusion first_half(domain, P.topRows(P.rows() / 2));
  AcquisitionOptimizerOptions all, search;
  all.others = search.others = 40;
  search.enumerate_at_most = 0;

  for (const auto& options : {all, search}) {
    const auto found = maximize(acquisition, domain, {}, &first_half, 1, options);

    ASSERT_GE(found->others.rows(), 20);
    Eigen::Index best = 0;
    const Eigen::VectorXd values = acquisition.values(found->others);
    EXPECT_NEAR(values.maxCoeff(&best), found->value, 1e-9) << "the best is among them";
    EXPECT_GT(values.mean(), acquisition.values(P).mean()) << "and most are promising";
    for (Eigen::Index i = 0; i < found->others.rows(); ++i) {
      EXPECT_TRUE(domain.contains(found->others.row(i).transpose()));
      EXPECT_FALSE(first_half.contains(found->others.row(i).transpose()));
    }
  }
}

TEST(Maximize, LooksAtAllThatIsLeftOnlyWithinItsWork) {
  const Domain domain{{Dimension::grid(12), Dimension::grid(30), Dimension::categorical(4)}};
  const model::Posterior posterior = rugged(domain, 25, 1);
  const LogExpectedImprovement acquisition(posterior, 1.0);
  const Eigen::MatrixXd P = every_point(domain);
  const double highest = acquisition.values(P).maxCoeff();
  AcquisitionOptimizerOptions little;
  little.work = 25.0 * 25.0 * 100.0;

  const Exclusion most(domain, P.bottomRows(P.rows() - 90));
  const auto of_the_rest = maximize(acquisition, domain, {}, &most, 1, little);
  EXPECT_DOUBLE_EQ(of_the_rest->value, acquisition.values(P.topRows(90)).maxCoeff());
  const auto of_all = maximize(acquisition, domain, {}, nullptr, 1, little);
  EXPECT_TRUE(domain.contains(of_all->point));
  EXPECT_GT(of_all->value, highest - 1.0);
}

TEST(Maximize, FindsTheHighestOfAPlaneAsAFineGridSeesIt) {
  const Domain fine{{Dimension::grid(400), Dimension::grid(400)}};
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    const model::Posterior posterior = rugged(plane, 15, seed);
    const LogExpectedImprovement acquisition(posterior, 1.0);

    const auto found = maximize(acquisition, plane, {}, nullptr, seed, {});

    EXPECT_GE(found->value, acquisition.values(every_point(fine)).maxCoeff()) << seed;
    EXPECT_NEAR(found->value, acquisition.values(found->point.transpose())(0), 1e-9);
  }
}

TEST(Improve, EndsWhereNoNeighbourIsHigher) {
  const Domain domain{{Dimension::grid(12), Dimension::grid(2000), Dimension::categorical(4)}};
  const model::Posterior posterior = rugged(domain, 25, 3);
  const LogExpectedImprovement acquisition(posterior, 1.0);
  Population population{spread_points(domain, 1, 4), {}};
  population.values = acquisition.values(population.points);
  const double before = population.values(0);

  improve(population, acquisition, domain, {});

  EXPECT_GE(population.values(0), before);
  const Eigen::VectorXd end = population.points.row(0).transpose();
  EXPECT_TRUE(domain.contains(end));
  for (Eigen::Index j = 0; j < domain.size(); ++j) {
    const std::int64_t here = domain[j].nearest(end(j));
    for (const std::int64_t there : {here - 1, here + 1}) {
      if (there < 0 || there >= domain[j].size()) continue;
      Eigen::VectorXd neighbour = end;
      neighbour(j) = domain[j].value(there);
      EXPECT_LE(acquisition.values(neighbour.transpose())(0), population.values(0) + 1e-9) << j;
    }
  }
}

}  // namespace
}  // namespace stune::generation
