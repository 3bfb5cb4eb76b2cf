// Experiments too large for one model of everything: tens of thousands of outcomes, hundreds of running trials.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include "generation/neighbourhood.hpp"
#include "generation/propose.hpp"
#include "generation/raw_points.hpp"
#include "tests/generation/on_the_plane.hpp"

namespace stune::generation {
namespace {

Knowledge spread(const Domain& domain, Eigen::Index measured, Eigen::Index pending) {
  Knowledge known{{spread_points(domain, measured, 1), Eigen::VectorXd(measured), {}},
                  spread_points(domain, pending, 2)};
  for (Eigen::Index i = 0; i < measured; ++i) known.measured.y(i) = hill(known.measured.X.row(i).transpose());
  return known;
}

model::Hyperparameters unit_lengthscales() { return {Eigen::VectorXd::Ones(4)}; }

const Domain cube{std::vector<Dimension>(4)};
const Domain three_kinds{{Dimension::continuous(), Dimension::grid(40), Dimension::categorical(3)}};

TEST(Neighbourhood, HoldsTheNearestPointsAndTheBoxTheyFill) {
  Knowledge known = spread(cube, 2000, 100);
  known.measured.y(17) = 1.0;

  const Neighbourhood where = neighbourhood(cube, known, unit_lengthscales(), 100, 10, 3);

  EXPECT_EQ(where.measured.size(), 100U);
  EXPECT_EQ(where.pending.size(), 10U);
  EXPECT_TRUE(std::is_sorted(where.measured.begin(), where.measured.end()));
  const Knowledge near = part(known, where);
  EXPECT_EQ(near.measured.X.colwise().minCoeff().transpose(), where.box.lower);
  EXPECT_EQ(near.measured.X.colwise().maxCoeff().transpose(), where.box.upper);
  EXPECT_LT((where.box.upper - where.box.lower).maxCoeff(), 0.9);
}

TEST(Neighbourhood, MostlyLiesAroundTheBestAndNowAndThenAroundAnother) {
  Knowledge known = spread(cube, 500, 0);
  Eigen::Index best = 0;
  known.measured.y.maxCoeff(&best);
  int around_best = 0;

  for (std::uint64_t stream = 0; stream < 100; ++stream) {
    const auto near = neighbourhood(cube, known, unit_lengthscales(), 1, 0, stream).measured;
    around_best += near.front() == best ? 1 : 0;
  }

  EXPECT_GT(around_best, 50);
  EXPECT_LT(around_best, 95);
}

TEST(Neighbourhood, IsNeverNarrowerThanAFiftiethOfTheDomain) {
  Knowledge known = spread(cube, 300, 0);
  known.measured.X = (0.3 + 1e-4 * known.measured.X.array()).matrix();

  const Box box = neighbourhood(cube, known, unit_lengthscales(), 100, 10, 3).box;

  EXPECT_GE((box.upper - box.lower).minCoeff(), 0.02);
}

TEST(Neighbourhood, LiesWithNoiseWhereManyAreGoodNotWhereOneWasLucky) {
  Knowledge known = spread(cube, 2000, 0);
  const Eigen::VectorXd corner = Eigen::VectorXd::Constant(4, 0.95);
  known.measured.X.row(17) = corner.transpose();
  known.measured.y(17) = 1.0;
  known.warm_start = unit_lengthscales();
  known.warm_start->noise = 0.5;

  int around_the_lucky_one = 0;
  for (std::uint64_t stream = 0; stream < 100; ++stream) {
    const auto near = neighbourhood(cube, known, *known.warm_start, 1, 0, stream).measured;
    around_the_lucky_one += near.front() == 17 ? 1 : 0;
  }

  EXPECT_LT(around_the_lucky_one, 5);
}

TEST(Overview, HoldsTheBestAndSomeOfAllOthersOnce) {
  Knowledge known = spread(cube, 2000, 100);
  known.measured.y(17) = 1.0;

  const Neighbourhood all = overview(known, 100, 10, 3);

  EXPECT_EQ(std::set(all.measured.begin(), all.measured.end()).size(), 100U);
  EXPECT_TRUE(std::is_sorted(all.measured.begin(), all.measured.end()));
  EXPECT_TRUE(std::binary_search(all.measured.begin(), all.measured.end(), 17));
  EXPECT_EQ(all.pending.front(), 90);
  EXPECT_EQ(all.pending.size(), 10U);
  EXPECT_TRUE(all.box.is_everything());
  const Eigen::MatrixXd X = part(known, all).measured.X;
  EXPECT_LT(X.minCoeff(), 0.05);
  EXPECT_GT(X.maxCoeff(), 0.95);
}

TEST(ManyTrials, AProposalFromThousandsOfOutcomesIsNearTheTop) {
  for (const auto& [domain, outcomes] : {std::pair(cube, 20000), std::pair(three_kinds, 5000)}) {
    Knowledge known = spread(domain, outcomes, 3);
    if (outcomes == 5000) known.measured.y(7) = std::nan("");
    ProposalOptions options;
    options.refit = Refit::when_due;
    double best = -1e9;
    for (options.stream = 0; options.stream < 5; ++options.stream) {
      const Proposal proposal = propose(domain, known, options);
      ASSERT_EQ(proposal.origin, ProposalOrigin::model);
      ASSERT_TRUE(domain.contains(proposal.point));
      best = std::max(best, hill(proposal.point));
    }
    EXPECT_GT(best, known.measured.y.unaryExpr([](double y) { return std::isnan(y) ? -1e9 : y; }).maxCoeff() - 0.02);
  }
}

TEST(ManyTrials, FiveHundredPendingOnesAreKeptAwayFrom) {
  Knowledge known = spread(cube, 60, 450);
  ProposalOptions options;
  known.warm_start = propose(cube, known, options).fitted;
  known.base = 60;
  options.refit = Refit::never;
  Kept kept;
  for (options.stream = 0; options.stream < 50; ++options.stream) {
    const Proposal proposal = propose(cube, known, options, &kept);
    ASSERT_EQ(proposal.origin, ProposalOrigin::model);
    ASSERT_EQ(proposal.point, propose(cube, known, options).point) << "what is kept changes no digit";
    ASSERT_GT((known.pending.rowwise() - proposal.point.transpose()).rowwise().norm().minCoeff(), 1e-6);
    known.pending.conservativeResize(known.pending.rows() + 1, Eigen::NoChange);
    known.pending.bottomRows(1) = proposal.point.transpose();
  }
}

}  // namespace
}  // namespace stune::generation
