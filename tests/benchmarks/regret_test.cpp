// A short version of the regret suite, and its table.
#include "regret.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "quantile.hpp"
#include "result_table.hpp"
#include "tests/support/temporary_folder.hpp"

namespace stune::benchmarks {
namespace {

TEST(Regret, IsFarBelowThatOfRandomTrials) {
  for (const char* name : {"branin", "hartmann3", "levy4", "hartmann6_discrete"}) {
    SCOPED_TRACE(name);
    std::vector<double> model;
    std::vector<double> random;
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
      model.push_back(optimize(problem(name), {.seed = seed}).best);
      random.push_back(optimize(problem(name), {.seed = seed, .method = "random"}).best);
    }

    EXPECT_LT(quantile(model, 0.5), 0.1 * quantile(random, 0.5));
  }
}

TEST(Regret, EightWorkersFindTheMinimumToo) {
  std::vector<double> regrets;
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    regrets.push_back(optimize(problem("hartmann3"), {.seed = seed, .workers = 8}).best);
  }

  EXPECT_LT(quantile(regrets, 0.5), 0.1);
}

TEST(Regret, IsTheSameForEqualSeeds) {
  const Problem& noisy = problem("branin_noisy");
  const RunSetup run{.seed = 4, .workers = 3, .budget = 20};

  const Regret first = optimize(noisy, run);
  const Regret second = optimize(noisy, run);

  EXPECT_EQ(first.best, second.best);
  EXPECT_EQ(first.recommended, second.recommended);
}

TEST(ResultTable, KnowsWhatAnEarlierProgramAdded) {
  const TemporaryFolder folder;
  const RunKey key{"stune", "branin", 3, 8, 30};
  ResultTable(folder / "runs.csv").add(key, {0.5, 0.25, 0.001, 0.03, 30});

  const ResultTable again(folder / "runs.csv");

  ASSERT_NE(again.find(key), nullptr);
  EXPECT_EQ(again.find(key)->best, 0.5);
  EXPECT_EQ(again.find(key)->recommended, 0.25);
  EXPECT_EQ(again.find({"stune", "branin", 3, 1, 30}), nullptr);
}

TEST(ResultTable, GoesOnAfterALineThatWasCutOff) {
  const TemporaryFolder folder;
  const RunKey first{"stune", "branin", 1, 1, 30};
  const RunKey second{"stune", "branin", 2, 1, 30};
  ResultTable(folder / "runs.csv").add(first, {});
  std::ofstream(folder / "runs.csv", std::ios::app) << "stune,branin,2,1,30,0.5,0.5,0.1,0";

  ResultTable table(folder / "runs.csv");
  const bool taken_for_whole = table.find(second) != nullptr;
  table.add(second, {0.25});
  const ResultTable again(folder / "runs.csv");

  EXPECT_FALSE(taken_for_whole);
  EXPECT_NE(again.find(first), nullptr);
  ASSERT_NE(again.find(second), nullptr);
  EXPECT_EQ(again.find(second)->best, 0.25);
}

}  // namespace
}  // namespace stune::benchmarks
