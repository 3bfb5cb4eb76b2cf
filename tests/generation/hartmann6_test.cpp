#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <deque>
#include <vector>

#include "base/random.hpp"
#include "generation/initial_design.hpp"
#include "generation/propose.hpp"

namespace stune::generation {
namespace {

// Six-dimensional test function with several minima; the lowest is -3.32237. Reference: Hartman (1973).
double hartmann6(const Eigen::VectorXd& x) {
  static const double alpha[4] = {1.0, 1.2, 3.0, 3.2};
  static const double A[4][6] = {
      {10, 3, 17, 3.5, 1.7, 8}, {0.05, 10, 17, 0.1, 8, 14}, {3, 3.5, 1.7, 10, 17, 8}, {17, 8, 0.05, 10, 0.1, 14}};
  static const double P[4][6] = {{0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886},
                                 {0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991},
                                 {0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.6650},
                                 {0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381}};
  double sum = 0.0;
  for (int i = 0; i < 4; ++i) {
    double exponent = 0.0;
    for (int j = 0; j < 6; ++j) exponent += A[i][j] * std::pow(x(j) - P[i][j], 2.0);
    sum += alpha[i] * std::exp(-exponent);
  }
  return -sum;
}

// Centre, 4 Sobol points, then proposals, with `parallel` trials running at any time; outcomes arrive in the order of
// submission.
double best_of_30_trials(std::uint64_t seed, std::size_t parallel) {
  const Domain domain{std::vector<Dimension>(6)};
  Knowledge known{{Eigen::MatrixXd(0, 6), Eigen::VectorXd(0), {}}, Eigen::MatrixXd(0, 6)};
  std::deque<Eigen::VectorXd> running;
  double best = 0.0;
  const auto finish_one = [&] {
    const double y = hartmann6(running.front());
    best = std::min(best, y);
    known.measured.X.conservativeResize(known.measured.X.rows() + 1, 6);
    known.measured.X.bottomRows(1) = running.front().transpose();
    known.measured.y.conservativeResize(known.measured.y.size() + 1);
    known.measured.y.tail(1).setConstant(-y);
    running.pop_front();
  };
  for (std::int64_t trial = 0; trial < 30; ++trial) {
    if (running.size() == parallel) finish_one();
    known.pending.resize(static_cast<Eigen::Index>(running.size()), 6);
    for (std::size_t i = 0; i < running.size(); ++i)
      known.pending.row(static_cast<Eigen::Index>(i)) = running[i].transpose();
    if (trial < 5) {
      running.push_back(InitialDesign(domain, seed).point(trial));
      continue;
    }
    ProposalOptions options;
    options.fits = trial;
    options.stream = stream_seed(seed, static_cast<std::uint64_t>(trial));
    const Proposal proposal = propose(domain, known, options);
    EXPECT_EQ(proposal.origin, ProposalOrigin::model);
    known.warm_start = proposal.fitted;
    running.push_back(proposal.point);
  }
  while (!running.empty()) finish_one();
  return best;
}

int seeds_that_reach_minus_three(std::uint64_t seeds, std::size_t parallel) {
  int reached = 0;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    const double best = best_of_30_trials(seed, parallel);
    std::printf("%.5f ", best);
    reached += best <= -3.0 ? 1 : 0;
  }
  std::printf("\n");
  return reached;
}

TEST(Hartmann6, IsWithinATenthOfItsMinimumAfter30TrialsOneByOne) { EXPECT_GE(seeds_that_reach_minus_three(10, 1), 9); }

TEST(Hartmann6, IsMostlyWithinATenthOfItsMinimumAfter30TrialsThreeAtATime) {
  EXPECT_GE(seeds_that_reach_minus_three(20, 3), 16);
}

}  // namespace
}  // namespace stune::generation
