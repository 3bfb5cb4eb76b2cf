// Against closed forms: Ishigami & Homma (1990), and Sobol's G function, Saltelli & Sobol (1995).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numbers>

#include "analysis/analyses.hpp"
#include "tests/analysis/made_experiment.hpp"

namespace stune::analysis {
namespace {

using testing::HasSubstr;

constexpr double pi = std::numbers::pi;

double ishigami(double x1, double x2, double x3) {
  return std::sin(x1) + 7.0 * std::pow(std::sin(x2), 2) + 0.1 * std::pow(x3, 4) * std::sin(x1);
}

/// Parts of the variance, from a = 7 and b = 0.1.
struct IshigamiParts {
  double v1 = 0.5 * std::pow(1.0 + 0.1 * std::pow(pi, 4) / 5.0, 2);
  double v2 = 49.0 / 8.0;
  double v13 = 0.01 * std::pow(pi, 8) * (1.0 / 18.0 - 1.0 / 50.0);
  double all = v1 + v2 + v13;
};

CubeFunction on_cube(std::size_t d, const std::function<double(const double*)>& f) {
  return [d, f](std::span<const double> points) {
    std::vector<double> values;
    for (std::size_t i = 0; i < points.size(); i += d) values.push_back(f(&points[i]));
    return values;
  };
}

CubeFunction ishigami_on_cube() {
  return on_cube(
      3, [](const double* u) { return ishigami(pi * (2 * u[0] - 1), pi * (2 * u[1] - 1), pi * (2 * u[2] - 1)); });
}

void expect_contains(const Index& index, double truth, double widest) {
  EXPECT_LE(index.low, truth);
  EXPECT_GE(index.high, truth);
  EXPECT_LT(index.high - index.low, widest);
  EXPECT_NEAR(index.value, truth, 0.02);
}

TEST(SobolIndices, OfIshigamiAreThoseOfItsClosedForm) {
  const IshigamiParts v;

  const SobolIndices found = sobol_indices(ishigami_on_cube(), 3, {});

  EXPECT_NEAR(found.variance, v.all, 0.01 * v.all);
  expect_contains(found.first[0], v.v1 / v.all, 0.15);
  expect_contains(found.first[1], v.v2 / v.all, 0.15);
  expect_contains(found.first[2], 0.0, 0.15);
  expect_contains(found.total[0], (v.v1 + v.v13) / v.all, 0.15);
  expect_contains(found.total[1], v.v2 / v.all, 0.15);
  expect_contains(found.total[2], v.v13 / v.all, 0.15);
  expect_contains(found.second[0], 0.0, 0.3);
  expect_contains(found.second[1], v.v13 / v.all, 0.3);
  expect_contains(found.second[2], 0.0, 0.3);
}

TEST(SobolIndices, OfSobolsGAreThoseOfItsClosedForm) {
  const std::vector<double> a{0.0, 0.5, 3.0, 9.0, 99.0};
  std::vector<double> v;
  double all = 1.0;
  for (const double one : a) {
    v.push_back(1.0 / (3.0 * std::pow(1.0 + one, 2)));
    all *= 1.0 + v.back();
  }
  const double variance = all - 1.0;
  const auto g = on_cube(5, [&](const double* u) {
    double product = 1.0;
    for (std::size_t i = 0; i < 5; ++i) product *= (std::abs(4 * u[i] - 2) + a[i]) / (1 + a[i]);
    return product;
  });

  const SobolIndices found = sobol_indices(g, 5, {});

  for (std::size_t i = 0, pair = 0; i < 5; ++i) {
    EXPECT_NEAR(found.first[i].value, v[i] / variance, 0.01) << i;
    EXPECT_NEAR(found.total[i].value, v[i] * all / (1.0 + v[i]) / variance, 0.01) << i;
    for (std::size_t j = i + 1; j < 5; ++j) EXPECT_NEAR(found.second[pair++].value, v[i] * v[j] / variance, 0.02);
  }
}

TEST(SobolIndices, AreTheSameEveryTimeAndZeroForAConstant) {
  const SobolOptions few{.samples = 256};
  const SobolIndices once = sobol_indices(ishigami_on_cube(), 3, few),
                     again = sobol_indices(ishigami_on_cube(), 3, few);

  EXPECT_EQ(once.total[0].low, again.total[0].low);
  EXPECT_EQ(once.second[1].value, again.second[1].value);
  EXPECT_EQ(sobol_indices(on_cube(2, [](const double*) { return 3.0; }), 2, few).total[0].high, 0.0);
}

TEST(Sensitivity, OfAModelOfManyPointsIsThatOfTheFunction) {
  MadeExperiment made({range("x1", -pi, pi), range("x2", -pi, pi), range("x3", -pi, pi)}, {"height", false});
  made.sample(
      500, [](const Parameterization& p) { return ishigami(p.number("x1"), p.number("x2"), p.number("x3")); }, 0.0);
  const IshigamiParts v;

  const Sensitivity found = *Subject(*made).sensitivity;

  expect_contains(found.indices.first[0], v.v1 / v.all, 0.2);
  expect_contains(found.indices.first[1], v.v2 / v.all, 0.2);
  expect_contains(found.indices.total[2], v.v13 / v.all, 0.2);
  expect_contains(found.indices.second[1], v.v13 / v.all, 0.35);
  EXPECT_EQ(found.order, (std::vector<std::size_t>{0, 1, 2}));
}

TEST(Sensitivity, EveryKindOfParameterIsSampledAsItsValuesAreSpread) {
  const SearchSpace space(
      {integer("few", 1, 3), integer("sizes", 1, 512, {.log_scale = true}), range("step", 0, 1, {.step = 0.25}),
       choice("c", {Value{std::string("a")}, Value{std::string("b")}}), range("lr", 1e-4, 1, {.log_scale = true})});
  std::vector<double> cube;
  const int count = 1000;
  for (int i = 0; i < count; ++i) cube.insert(cube.end(), 5, (i + 0.5) / count);

  const std::vector<double> points = from_cube(space, cube);

  std::map<std::int64_t, int> few;
  std::map<double, int> step;
  int small = 0, a = 0, tiny = 0;
  for (std::size_t i = 0; i < points.size(); i += 5) {
    const Parameterization p = space.decode({&points[i], 5});
    EXPECT_EQ(space.encode(p)[1], points[i + 1]);  // an exact value of the grid
    few[p.integer("few")]++;
    step[p.number("step")]++;
    small += p.integer("sizes") <= 22 ? 1 : 0;
    a += p.text("c") == "a" ? 1 : 0;
    tiny += p.number("lr") < 1e-2 ? 1 : 0;
  }
  for (const auto& [value, times] : few) EXPECT_NEAR(times, count / 3, 1) << value;
  for (const auto& [value, times] : step) EXPECT_NEAR(times, count / 5, 1) << value;
  EXPECT_NEAR(small, count / 2, count / 20);  // half of the orders of magnitude
  EXPECT_EQ(a, count / 2);
  EXPECT_EQ(tiny, count / 2);
}

TEST(Sensitivity, SaysInWhichDirectionAParameterWorks) {
  MadeExperiment made({range("up", 0, 1), range("bowl", 0, 1), range("idle", 0, 1),
                       choice("c", {Value{std::string("a")}, Value{std::string("b")}})});
  made.sample(120, [](const Parameterization& p) {
    return 2 * p.number("up") + 8 * std::pow(p.number("bowl") - 0.5, 2) + (p.text("c") == "a" ? 0.0 : 1.0);
  });

  const Subject subject(*made);
  const Card card = show_sensitivity(subject);

  std::map<std::string, std::string> effect;
  for (const auto& row : card.rows) effect[std::get<std::string>(row[0])] = std::get<std::string>(row[1]);
  EXPECT_EQ(effect["up"], "more of it raises loss");
  EXPECT_EQ(effect["bowl"], "best around 0.5, on average");
  EXPECT_EQ(effect["idle"], "next to nothing");
  EXPECT_THAT(effect["c"], HasSubstr("a is best"));
  for (const Trace& bars : card.figures.at(0).traces)
    EXPECT_THAT(bars.labels, testing::Contains(bars.name + ": more of it raises loss"));
  EXPECT_THAT(show_interactions(subject).text, HasSubstr("None of 6 pairs surely has more than 1 %"));
}

TEST(Sensitivity, OfAModelOfSobolsGIsThatOfItsClosedForm) {
  const std::vector<double> a{0.0, 1.0, 4.5};
  double all = 1.0;
  std::vector<double> v;
  for (const double one : a) {
    v.push_back(1.0 / (3.0 * std::pow(1.0 + one, 2)));
    all *= 1.0 + v.back();
  }
  MadeExperiment made({range("x0", 0, 1), range("x1", 0, 1), range("x2", 0, 1)});
  made.sample(
      600,
      [&](const Parameterization& p) {
        double product = 1.0;
        for (std::size_t i = 0; i < a.size(); ++i)
          product *= (std::abs(4 * p.number("x" + std::to_string(i)) - 2) + a[i]) / (1 + a[i]);
        return product;
      },
      0.0);

  const Sensitivity found = *Subject(*made).sensitivity;

  // The function has edges, which a smooth model rounds off.
  for (std::size_t i = 0, pair = 0; i < a.size(); ++i) {
    EXPECT_NEAR(found.indices.first[i].value, v[i] / (all - 1.0), 0.04) << i;
    EXPECT_NEAR(found.indices.total[i].value, v[i] * all / (1.0 + v[i]) / (all - 1.0), 0.04) << i;
    for (std::size_t j = i + 1; j < a.size(); ++j)
      EXPECT_NEAR(found.indices.second[pair++].value, v[i] * v[j] / (all - 1.0), 0.04);
  }
}

TEST(Sensitivity, OfAModelOverAMixedSpaceIsThatOfItsParts) {
  MadeExperiment made({range("lr", 1e-4, 1, {.log_scale = true}), integer("layers", 1, 5),
                       choice("c", {Value{std::string("a")}, Value{std::string("b")}}),
                       range("step", 0, 1, {.step = 0.5})});
  made.sample(
      300,
      [](const Parameterization& p) {
        return std::log10(p.number("lr")) + static_cast<double>(p.integer("layers")) +
               (p.text("c") == "a" ? 0.0 : 2.0) + 3.0 * p.number("step");
      },
      0.0);
  // Variances of: evenly over [-4, 0]; 1 .. 5; 0 or 2; 0, 1.5 or 3.
  const std::vector<double> v{16.0 / 12.0, 2.0, 1.0, 1.5};

  const Sensitivity found = *Subject(*made).sensitivity;

  for (std::size_t i = 0; i < v.size(); ++i) expect_contains(found.indices.first[i], v[i] / 5.8333, 0.25);
  for (std::size_t i = 0; i < v.size(); ++i) expect_contains(found.indices.total[i], v[i] / 5.8333, 0.25);
}

double product(const Parameterization& p) {
  return (p.number("a") - 0.5) * (p.number("b") - 0.5) + 0.1 * p.number("c");
}

TEST(Interactions, APairThatDependsOnOneAnotherIsFound) {
  MadeExperiment made({range("a", 0, 1), range("c", 0, 1), range("b", 0, 1)});
  made.sample(200, product, 0.0);
  const double together = 1.0 / 144.0, alone = 0.01 / 12.0;

  const Card card = show_interactions(Subject(*made));

  EXPECT_THAT(card.text, HasSubstr("1 of 3 pairs surely has more than 1 %"));
  ASSERT_EQ(card.rows.size(), 3U) << "all pairs, also those that are nothing";
  EXPECT_EQ(card.rows[0][0], Value{std::string("a")});
  EXPECT_EQ(card.rows[0][1], Value{std::string("b")});
  EXPECT_NEAR(std::get<double>(card.rows[0][2]), together / (together + alone), 0.05);
  for (const auto& row : card.rows) EXPECT_LE(std::get<double>(row[3]), std::get<double>(row[4]));
  EXPECT_EQ(card.figures.at(0).traces.at(0).x.size(), 3U);
}

TEST(Interactions, OfVeryManyParametersAreNotMeasuredAndItIsSaid) {
  std::vector<Parameter> many;
  for (int i = 0; i < 26; ++i) many.push_back(range("x" + std::to_string(i), 0, 1));
  MadeExperiment made(many);
  made.sample(40, [](const Parameterization& p) { return p.number("x0"); });

  EXPECT_THAT(show_interactions(Subject(*made)).text, HasSubstr("26 parameters make 325 pairs: too many"));
}

TEST(Interactions, ASingleParameterHasNone) {
  MadeExperiment made({range("x", 0, 1)});
  made.sample(10, [](const Parameterization& p) { return p.number("x"); });

  EXPECT_TRUE(show_interactions(Subject(*made)).text.empty());
}

TEST(Sensitivity, TellsHowMuchOfTheSpaceTheModelDoesNotKnow) {
  const auto rough = [](const Parameterization& p) {
    return std::sin(9 * p.number("x")) * std::cos(7 * p.number("y"));
  };
  MadeExperiment few({range("x", 0, 1), range("y", 0, 1)}), many({range("x", 0, 1), range("y", 0, 1)});
  few.sample(6, rough);
  many.sample(200, rough);

  EXPECT_GT(Subject(*few).sensitivity->doubt, 0.3);
  EXPECT_LT(Subject(*many).sensitivity->doubt, 0.02);
}

TEST(Sensitivity, WithoutAModelOrAnyEffectItSaysSo) {
  MadeExperiment nothing({range("x", 0, 1)}), constant({range("x", 0, 1)});
  constant.sample(10, [](const Parameterization&) { return 5.0; });

  EXPECT_THAT(show_sensitivity(Subject(*nothing)).text, HasSubstr("needs two completed trials"));
  EXPECT_THAT(show_sensitivity(Subject(*constant)).text, HasSubstr("no parameter matters"));
}

}  // namespace
}  // namespace stune::analysis
