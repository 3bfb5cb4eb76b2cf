#include "generation/repeats.hpp"

#include <gtest/gtest.h>

#include <set>

#include "generation/random_numbers.hpp"
#include "tests/generation/knowledge.hpp"

namespace stune::generation {
namespace {

const Domain switches{std::vector<Dimension>(6, Dimension::categorical(2))};

// As rugged as can be: each point has a value of its own, which has nothing to do with those of its neighbours.
double rugged(const Domain& domain, const Eigen::VectorXd& point, std::uint64_t seed) {
  return RandomNumbers(seed + 1000 * static_cast<std::uint64_t>(domain.index_of(point))).normal();
}

TEST(Repeats, OfARuggedButExactFunctionThereIsOneAtMostOnceNoPointIsLeft) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    Knowledge known = nothing(switches);
    std::set<std::int64_t> seen;
    ProposalOptions options;
    Proposal proposal;
    std::int64_t repeats = 0;
    for (std::uint64_t trial = 0; trial < 80; ++trial) {
      options.stream = 100 * seed + trial;
      options.fits = static_cast<std::int64_t>(trial);
      proposal = propose(switches, known, options);
      if (proposal.origin == ProposalOrigin::exhausted) break;
      const bool is_new = seen.insert(switches.index_of(proposal.point)).second;
      ASSERT_TRUE(is_new || seen.size() == 64) << "seed " << seed << ", trial " << trial;
      repeats += is_new ? 0 : 1;
      learn(known, proposal.point, rugged(switches, proposal.point, seed));
      known.warm_start = proposal.fitted;
      known.warp = proposal.warp;
    }
    EXPECT_EQ(proposal.origin, ProposalOrigin::exhausted);
    EXPECT_EQ(seen.size(), 64U);
    EXPECT_LE(repeats, 1);
  }
}

// Two points tried, a third one left.
Knowledge of_three() {
  Knowledge known = nothing(Domain{{Dimension::categorical(3)}});
  learn(known, Eigen::VectorXd::Constant(1, 0.0), 1.0);
  learn(known, Eigen::VectorXd::Constant(1, 1.0), 2.0);
  return known;
}

TEST(Repeats, NeedEvidenceOfNoise) {
  const Domain domain{{Dimension::categorical(3)}};
  Knowledge known = of_three();
  const Exclusion known_ones = known_points(domain, known);
  EXPECT_FALSE(may_repeat(domain, known, known_ones));

  known.measured.sem = Eigen::Vector2d(0.0, std::nan(""));
  EXPECT_FALSE(may_repeat(domain, known, known_ones)) << "an exact outcome and one of which nothing was told";
  known.measured.sem = Eigen::Vector2d(0.0, 0.1);
  EXPECT_TRUE(may_repeat(domain, known, known_ones)) << "an error was told";

  known.measured.sem = {};
  learn(known, Eigen::VectorXd::Constant(1, 1.0), 2.0);
  EXPECT_FALSE(may_repeat(domain, known, known_ones)) << "the same again";
  learn(known, Eigen::VectorXd::Constant(1, 1.0), 2.1);
  EXPECT_TRUE(may_repeat(domain, known, known_ones)) << "the same point, another outcome";
}

TEST(Repeats, BringTheEvidenceThemselvesWhereNoPointIsLeftAndNothingPending) {
  const Domain domain{{Dimension::categorical(3)}};
  Knowledge known = of_three();
  known.pending = Eigen::MatrixXd::Constant(1, 1, 2.0);
  EXPECT_FALSE(may_repeat(domain, known, known_points(domain, known)));
  known.pending.resize(0, 1);
  learn(known, Eigen::VectorXd::Constant(1, 2.0), 3.0);
  EXPECT_TRUE(may_repeat(domain, known, known_points(domain, known)));
}

TEST(Repeats, AreNeverOfPointsThatAreKnownExactlyOrWithdrawn) {
  const Domain domain{{Dimension::categorical(3)}};
  Knowledge known = of_three();
  known.measured.sem = Eigen::Vector2d(0.0, 0.1);
  known.withdrawn = Eigen::MatrixXd::Constant(1, 1, 2.0);

  const Exclusion settled = settled_points(domain, known);

  EXPECT_TRUE(settled.contains(domain.point(0)));
  EXPECT_FALSE(settled.contains(domain.point(1)));
  EXPECT_TRUE(settled.contains(domain.point(2)));
}

}  // namespace
}  // namespace stune::generation
