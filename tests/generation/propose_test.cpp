#include "generation/propose.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <set>
#include <vector>

#include "generation/initial_design.hpp"
#include "generation/knowledge_gradient.hpp"
#include "generation/raw_points.hpp"
#include "tests/generation/knowledge.hpp"
#include "tests/generation/on_the_plane.hpp"

namespace stune::generation {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

Knowledge initial(const Domain& domain, Eigen::Index n) {
  Knowledge known = nothing(domain);
  for (Eigen::Index i = 0; i < n; ++i) {
    const Eigen::VectorXd point = InitialDesign(domain, 1).point(i);
    learn(known, point, hill(point));
  }
  return known;
}

ProposalOptions options_of_trial(std::int64_t trial) {
  ProposalOptions options;
  options.fits = trial;
  options.stream = static_cast<std::uint64_t>(trial) + 77;
  return options;
}

TEST(Propose, EqualArgumentsGiveEqualProposalsAndStreamsDiffer) {
  const Knowledge known = initial(plane, 8);

  const Proposal first = propose(plane, known, options_of_trial(8));
  const Proposal again = propose(plane, known, options_of_trial(8));
  ProposalOptions other = options_of_trial(8);
  other.stream = 5;

  EXPECT_EQ(first.point, again.point);
  EXPECT_EQ(first.fitted->lengthscales, again.fitted->lengthscales);
  EXPECT_NE(first.point, propose(plane, known, other).point);
}

TEST(Propose, UnitsAndOriginOfTheOutcomeDoNotMatter) {
  for (const std::int64_t trial : {8, 9}) {
    const Knowledge known = initial(plane, 8);
    Knowledge doubled = known, scaled = known;
    doubled.measured.y *= 1024.0;
    scaled.measured.y = (known.measured.y.array() * 3e4 + 17.0).matrix();

    const Eigen::VectorXd point = propose(plane, known, options_of_trial(trial)).point;

    EXPECT_EQ(propose(plane, doubled, options_of_trial(trial)).point, point) << "a power of two changes no digit";
    EXPECT_LT((propose(plane, scaled, options_of_trial(trial)).point - point).cwiseAbs().maxCoeff(), 1e-3);
  }
}

TEST(Propose, TheOrderOfTrialsDoesNotMatter) {
  const Knowledge known = initial(plane, 8);
  Knowledge reversed = known;
  reversed.measured.X = known.measured.X.colwise().reverse().eval();
  reversed.measured.y = known.measured.y.reverse().eval();

  const Eigen::VectorXd point = propose(plane, known, options_of_trial(8)).point;

  EXPECT_LT((propose(plane, reversed, options_of_trial(8)).point - point).cwiseAbs().maxCoeff(), 1e-3);
}

TEST(Propose, ClimbsASimpleHillInAFewTrials) {
  Knowledge known = initial(plane, 5);

  for (std::int64_t trial = 5; trial < 15; ++trial) {
    const Proposal proposal = propose(plane, known, options_of_trial(trial));
    known.warm_start = proposal.fitted;
    learn(known, proposal.point, hill(proposal.point));
  }

  EXPECT_GT(known.measured.y.maxCoeff(), -1e-4);
}

TEST(Propose, KeepsAwayFromPendingTrials) {
  const Knowledge known = initial(plane, 8);
  const Proposal first = propose(plane, known, options_of_trial(8));
  Knowledge with_pending = known;
  with_pending.pending = first.point.transpose();

  const Proposal second = propose(plane, with_pending, options_of_trial(8));

  EXPECT_EQ(second.origin, ProposalOrigin::model);
  EXPECT_GT((second.point - first.point).norm(), 1e-3);
}

TEST(Propose, WithoutOutcomesIsQuasiRandomAndSaysWhy) {
  Knowledge failed = nothing(plane);
  for (int i = 0; i < 3; ++i) learn(failed, InitialDesign(plane, 1).point(i), nan);
  learn(failed, InitialDesign(plane, 1).point(3), 1.0);

  for (const Knowledge& known : {nothing(plane), failed}) {
    const Proposal proposal = propose(plane, known, options_of_trial(4));

    EXPECT_EQ(proposal.origin, ProposalOrigin::quasi_random);
    EXPECT_EQ(proposal.fallback, Fallback::too_few_outcomes);
    EXPECT_TRUE(plane.contains(proposal.point));
    EXPECT_FALSE(proposal.fitted);
  }
}

TEST(Propose, SurvivesFailedConstantAndHugeOutcomes) {
  const std::vector<std::vector<double>> outcomes{{1, nan, 2, -infinity, infinity, 0.5},
                                                  {3, 3, 3, 3, 3, 3},
                                                  {0, 0, 0, 0, 0, 1e-300},
                                                  {-1e308, 1e308, 0, 1, 2, 3},
                                                  {1e-320, 0, 1e-320, 0, 0, 0}};
  for (const auto& y : outcomes) {
    for (const std::int64_t trial : {6, 7}) {
      Knowledge known = nothing(plane);
      for (std::size_t i = 0; i < y.size(); ++i)
        learn(known, InitialDesign(plane, 1).point(static_cast<std::int64_t>(i)), y[i]);

      const Proposal proposal = propose(plane, known, options_of_trial(trial));

      const bool equal = y[0] == 3 || y[0] == 1e-320;  // the second up to rounding
      EXPECT_EQ(proposal.origin, equal ? ProposalOrigin::quasi_random : ProposalOrigin::model);
      EXPECT_TRUE(plane.contains(proposal.point));
    }
  }
}

TEST(Propose, SurvivesEqualPointsWithDifferentOutcomes) {
  Knowledge known = nothing(plane);
  for (int i = 0; i < 12; ++i) learn(known, InitialDesign(plane, 1).point(i % 3), static_cast<double>(i));

  const Proposal proposal = propose(plane, known, options_of_trial(12));

  EXPECT_EQ(proposal.origin, ProposalOrigin::model);
  EXPECT_GT(proposal.fitted->noise, 1e-3);
}

TEST(Propose, KnownErrorsMayBeMixedWithUnknownOnes) {
  Knowledge known = initial(plane, 8);
  known.measured.sem = Eigen::VectorXd::Constant(8, nan);
  known.measured.sem.head(4).setLinSpaced(0.0, 0.1);

  EXPECT_EQ(propose(plane, known, options_of_trial(8)).origin, ProposalOrigin::model);
}

TEST(Propose, AWarmStartWithoutRefitIsUsedAsItIs) {
  Knowledge known = initial(plane, 8);
  known.warm_start = propose(plane, known, options_of_trial(7)).fitted;
  ProposalOptions options = options_of_trial(8);
  options.refit = Refit::never;

  EXPECT_EQ(propose(plane, known, options).fitted->lengthscales, known.warm_start->lengthscales);
}

TEST(Propose, AFiniteDomainIsUsedUpOncePerPointAndThenSaysSo) {
  const Domain domain{{Dimension::grid(3), Dimension::categorical(4), Dimension::grid(2)}};
  Knowledge known = nothing(domain);
  std::set<std::int64_t> seen;

  for (std::int64_t trial = 0; trial < 24; ++trial) {
    const Proposal proposal = propose(domain, known, options_of_trial(trial));
    ASSERT_NE(proposal.origin, ProposalOrigin::exhausted);
    ASSERT_TRUE(domain.contains(proposal.point));
    ASSERT_TRUE(seen.insert(domain.index_of(proposal.point)).second) << "trial " << trial;
    learn(known, proposal.point, trial % 5 == 0 ? nan : hill(proposal.point));
  }

  EXPECT_EQ(propose(domain, known, options_of_trial(24)).origin, ProposalOrigin::exhausted);
}

TEST(Propose, AFiniteDomainIsLookedAtAgainWhereLooksDiffer) {
  const Domain domain{{Dimension::grid(4)}};
  Knowledge known = nothing(domain);
  const double look[] = {1.0, -1.3, 0.2, -0.4, 1.4, -0.7, 0.9, -1.1};
  for (std::int64_t i = 0; i < 8; ++i) learn(known, domain.point(i % 4), 0.1 * domain.point(i % 4)(0) + look[i]);

  EXPECT_EQ(propose(domain, known, options_of_trial(8)).origin, ProposalOrigin::model);
  known.measured.sem = Eigen::VectorXd::Zero(8);
  EXPECT_EQ(propose(domain, known, options_of_trial(8)).origin, ProposalOrigin::exhausted);
  known.measured.sem = Eigen::VectorXd::Constant(8, 1.0);
  EXPECT_EQ(propose(domain, known, options_of_trial(8)).origin, ProposalOrigin::model);
}

TEST(Propose, EqualOutcomesTellNothingSoTheNextPointsAreSpread) {
  Knowledge known = initial(plane, 8);
  known.measured.y.setConstant(0.1);
  Eigen::MatrixXi hits = Eigen::MatrixXi::Zero(4, 4);
  for (std::int64_t trial = 8; trial < 100; ++trial) {
    const Proposal proposal = propose(plane, known, options_of_trial(trial));
    ASSERT_EQ(proposal.origin, ProposalOrigin::quasi_random);
    ASSERT_EQ(proposal.fallback, Fallback::equal_outcomes);
    const Eigen::Array2i place = (4.0 * proposal.point.array()).cast<int>().min(3);
    ++hits(place(0), place(1));
    learn(known, proposal.point, 0.1);
  }
  EXPECT_GT(hits.minCoeff(), 0);

  learn(known, Eigen::Vector2d(0.5, 0.5), 0.2);
  EXPECT_EQ(propose(plane, known, options_of_trial(100)).origin, ProposalOrigin::model);
}

TEST(Propose, WithdrawnPointsAreNotWantedAgain) {
  const Domain domain{{Dimension::categorical(4)}};
  Knowledge known = nothing(domain);
  learn(known, domain.point(0), 1.0);
  learn(known, domain.point(1), 2.0);
  known.withdrawn = domain.point(2).transpose();

  const Proposal last = propose(domain, known, options_of_trial(3));
  ASSERT_EQ(last.origin, ProposalOrigin::model);
  EXPECT_EQ(last.point, domain.point(3));
  known.pending = last.point.transpose();
  EXPECT_EQ(propose(domain, known, options_of_trial(4)).origin, ProposalOrigin::exhausted);
}

TEST(Propose, KnownErrorsDecideOnTheOutcomeTransformAsFittedNoiseDoes) {
  Knowledge known = initial(plane, 12);
  known.warm_start = model::Hyperparameters{Eigen::Vector2d(0.5, 0.5), 1.0, 1e-6, 0.0};
  EXPECT_EQ(propose(plane, known, options_of_trial(12)).warp, model::Warp::half_rank_log);
  EXPECT_EQ(propose(plane, known, options_of_trial(13)).warp, model::Warp::yeo_johnson);
  EXPECT_EQ(propose(plane, known, options_of_trial(14)).warp, model::Warp::half_rank_log);

  known.measured.sem = Eigen::VectorXd::Constant(12, 0.2);
  EXPECT_EQ(propose(plane, known, options_of_trial(12)).warp, model::Warp::winsorized);
  EXPECT_EQ(propose(plane, known, options_of_trial(13)).warp, model::Warp::winsorized);
  known.measured.sem = Eigen::VectorXd::Zero(12);
  known.warm_start->noise = 0.5;
  EXPECT_EQ(propose(plane, known, options_of_trial(12)).warp, model::Warp::half_rank_log) << "all are exact";
}

// Log expected improvements of trials whose turns differ, one outcome being high by luck.
std::vector<double> by_turns(double noise) {
  Knowledge known = initial(plane, 12);
  known.measured.y(4) = known.measured.y.maxCoeff() + 2.0;
  known.warm_start = model::Hyperparameters{Eigen::Vector2d(0.5, 0.5), 1.0, noise, 0.0};
  known.base = 12;
  ProposalOptions options;
  options.refit = Refit::never;
  std::vector<double> values;
  for (std::uint64_t k = 0; k < 8; ++k) {
    options.stream = k << 32U;
    values.push_back(propose(plane, known, options).log_expected_improvement);
  }
  return values;
}

TEST(Propose, UnderSomeNoiseTheBestOutcomeIsImprovedOnAsMeasuredAndAsExpectedInTurns) {
  const std::vector<double> values = by_turns(0.04);

  double easiest_as_measured = -infinity, hardest_as_expected = infinity;  // to improve on luck is not to be expected
  for (std::size_t k = 0; k < values.size(); ++k) {
    if (k % 2 == 0) easiest_as_measured = std::max(easiest_as_measured, values[k]);
    if (k % 2 == 1) hardest_as_expected = std::min(hardest_as_expected, values[k]);
  }
  EXPECT_LT(easiest_as_measured + 0.25, hardest_as_expected);
}

TEST(Propose, UnderMuchNoiseTheBestOutcomeIsImprovedOnAsExpectedOnly) {
  const std::vector<double> values = by_turns(0.5);

  const auto [low, high] = std::ranges::minmax(values);
  EXPECT_LT(high - low, 0.01);
}

TEST(Propose, UnderMuchNoiseTheOutcomeTellsMoreThanWhereMostImprovementIsExpected) {
  constexpr double noise = 0.3;
  double told = 0.0, told_elsewhere = 0.0, told_at_most = 0.0;
  std::mt19937 random(1);
  for (std::int64_t story = 0; story < 10; ++story) {
    Knowledge known = initial(plane, 12);
    for (double& y : known.measured.y) y += 0.5 * std::normal_distribution<double>()(random);
    known.warm_start = model::Hyperparameters{Eigen::Vector2d(0.15, 0.15), 1.0, noise, 0.0};
    known.warp = model::Warp::winsorized;
    known.base = 12;
    ProposalOptions options = options_of_trial(story);
    options.refit = Refit::never;
    model::RegressionOptions as_it_is;
    as_it_is.warp = known.warp;
    as_it_is.warm_start = known.warm_start;
    as_it_is.refit = false;
    const auto regression = model::Regression::make(model::FeatureMap({0, 0}), known.measured, as_it_is);
    const model::Posterior& posterior = regression->posterior();
    const LogExpectedImprovement improvement(posterior, posterior.mean_at_observations().maxCoeff());
    const auto elsewhere = maximize(improvement, plane, known.measured.X, nullptr, 1, {});

    const Eigen::VectorXd point = propose(plane, known, options).point;

    told += knowledge_gradients(posterior, point.transpose(), noise)(0);
    told_elsewhere += knowledge_gradients(posterior, elsewhere->point.transpose(), noise)(0);
    told_at_most += knowledge_gradients(posterior, spread_points(plane, 1000, 1), noise).maxCoeff();
  }
  EXPECT_GT(told, 1.1 * told_elsewhere);
  EXPECT_GT(told, 0.9 * told_at_most);
}

TEST(Propose, OnATopThatIsClimbedEveryThirdTrialLooksAlongAnAxis) {
  Knowledge known = nothing(plane);
  for (Eigen::Index i = 0; i < 10; ++i) {
    const Eigen::VectorXd point = InitialDesign(plane, 1).point(i);
    learn(known, point, -1.0 - hill(point));
  }
  const Eigen::VectorXd top = Eigen::Vector2d(0.3, 0.3);
  learn(known, top, 9.0);
  known.warm_start = model::Hyperparameters{Eigen::Vector2d(0.04, 0.04), 1e-4, 1e-8, -1.0};
  known.base = 11;
  ProposalOptions options;
  options.refit = Refit::never;
  for (std::uint64_t k = 0; k < 6; ++k) {
    options.stream = k << 33U;
    const Proposal proposal = propose(plane, known, options);
    const bool along_an_axis = ((proposal.point - top).array() == 0.0).any();
    EXPECT_LT(proposal.log_expected_improvement, -9.0);
    EXPECT_EQ(along_an_axis, k % 3 == 1) << k;
  }
}

/// 132 outcomes of the plane, and whether a proposal fits them anew where the last fit knew so many of them.
struct Refitting {
  Refitting() { known.warm_start = propose(plane, known, options_of_trial(132)).fitted; }
  bool operator()(Eigen::Index base, double last_is_off_by, Haste haste) const {
    ProposalOptions options = options_of_trial(133);
    options.refit = Refit::when_due;
    options.haste = haste;
    Knowledge later = known;
    later.base = base;
    later.measured.y(131) += last_is_off_by;
    return propose(plane, later, options).refitted;
  }
  Knowledge known = initial(plane, 132);
};

TEST(Propose, RefitsWhenATwentiethIsNewOrWhenSurprised) {
  const Refitting refits;

  EXPECT_FALSE(refits(132, 0.0, Haste::none));
  EXPECT_FALSE(refits(126, 0.0, Haste::none)) << "6 of 126 are new: less than a twentieth";
  EXPECT_TRUE(refits(125, 0.0, Haste::none));
  EXPECT_TRUE(refits(129, 3.0, Haste::none)) << "a surprise";
  EXPECT_FALSE(refits(131, 3.0, Haste::none)) << "too soon after the last fit";
}

TEST(Propose, InAHurryAFitIsPutOffUntilAFifthIsNew) {
  const Refitting refits;

  EXPECT_FALSE(refits(111, 0.0, Haste::great)) << "21 of 111 are new: less than a fifth";
  EXPECT_FALSE(refits(120, 3.0, Haste::great)) << "whatever the surprise";
  EXPECT_TRUE(refits(110, 0.0, Haste::great));
}

TEST(Propose, InAHurryFitsOfFewOutcomesAreNotPutOffSinceTheyAreCheap) {
  Knowledge known = initial(plane, 60);
  known.warm_start = propose(plane, known, options_of_trial(60)).fitted;
  known.base = 59;
  ProposalOptions options = options_of_trial(61);
  options.refit = Refit::when_due;
  options.haste = Haste::great;

  EXPECT_TRUE(propose(plane, known, options).refitted);
}

TEST(Propose, InHasteAFitIsOfAPartWhereThereAreManyOutcomes) {
  const auto fitted = [](int outcomes, Haste haste) {
    ProposalOptions options = options_of_trial(outcomes);
    options.haste = haste;
    return propose(plane, initial(plane, outcomes), options).fitted.value().lengthscales;
  };

  EXPECT_EQ(fitted(200, Haste::some), fitted(200, Haste::none));
  EXPECT_NE(fitted(300, Haste::some), fitted(300, Haste::none));
}

TEST(Propose, WhereNoModelFitsThePointIsQuasiRandomAndItSaysWhy) {
  Knowledge known = initial(plane, 8);
  known.measured.X(3, 0) = nan;

  const Proposal proposal = propose(plane, known, options_of_trial(8));

  EXPECT_EQ(proposal.origin, ProposalOrigin::quasi_random);
  EXPECT_EQ(proposal.fallback, Fallback::no_model);
  EXPECT_STREQ(describe(proposal.fallback), "no Gaussian process fits the outcomes");
  EXPECT_TRUE(plane.contains(proposal.point));
}

TEST(Propose, PendingPointsCountAsUsedUp) {
  const Domain domain{{Dimension::categorical(3)}};
  Knowledge known = nothing(domain);
  learn(known, domain.point(0), 1.0);
  learn(known, domain.point(1), 2.0);
  known.pending = domain.point(2).transpose();

  EXPECT_EQ(propose(domain, known, options_of_trial(3)).origin, ProposalOrigin::exhausted);
}

TEST(Propose, FindsTheBestCategoryAndIntegerOfAMixedDomain) {
  const Domain domain{{Dimension::continuous(), Dimension::categorical(4), Dimension::grid(9), Dimension::grid(1000)}};
  const auto outcome = [](const Eigen::VectorXd& x) {
    return (x(1) == 2.0 ? 1.0 : 0.0) - std::pow(x(0) - 0.6, 2.0) - std::pow(x(2) - 0.25, 2.0) -
           std::pow(x(3) - 0.8, 2.0);
  };
  Knowledge known = nothing(domain);
  for (std::int64_t trial = 0; trial < 30; ++trial) {
    ProposalOptions options = options_of_trial(trial);
    const Eigen::VectorXd point =
        trial < 5 ? InitialDesign(domain, 3).point(trial) : propose(domain, known, options).point;
    learn(known, point, outcome(point));
  }

  EXPECT_GT(known.measured.y.maxCoeff(), 0.995);
}

Dimension random_dimension(std::mt19937& random) {
  switch (random() % 5) {
    case 0:
      return Dimension::grid(1 + static_cast<std::int64_t>(random() % 6));
    case 1:
      return Dimension::grid(17 + static_cast<std::int64_t>(random() % 1'000'000));
    case 2:
      return Dimension::grid({1 + static_cast<std::int64_t>(random() % 5000), 0.3});
    case 3:
      return Dimension::categorical(1 + static_cast<int>(random() % 7));
    default:
      return Dimension::continuous();
  }
}

TEST(Propose, NeverLeavesRandomDomainsNorRepeats) {
  for (unsigned seed = 0; seed < 40; ++seed) {
    std::mt19937 random(seed);
    Domain domain;
    for (unsigned j = 0; j < 1 + seed % 7; ++j) domain.dimensions.push_back(random_dimension(random));
    Knowledge known = nothing(domain);
    std::set<std::vector<double>> seen;
    for (std::int64_t trial = 0; trial < 9; ++trial) {
      const Proposal proposal = propose(domain, known, options_of_trial(trial));
      if (proposal.origin == ProposalOrigin::exhausted) {
        EXPECT_EQ(domain.count(), trial) << "seed " << seed;
        break;
      }
      ASSERT_TRUE(domain.contains(proposal.point)) << "seed " << seed << ": " << proposal.point.transpose();
      ASSERT_TRUE(seen.emplace(proposal.point.begin(), proposal.point.end()).second) << "seed " << seed;
      known.warm_start = proposal.fitted;
      learn(known, proposal.point, random() % 6 == 0 ? nan : hill(proposal.point));
    }
  }
}

}  // namespace
}  // namespace stune::generation
