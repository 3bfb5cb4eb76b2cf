// The problems are what their names say: lowest values as published, nothing lower anywhere.
#include "problems.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <random>

namespace stune::benchmarks {
namespace {

// As printed in the literature, to the digits given there; 0 where the closed form says so.
const std::map<std::string, double> published = {{"branin", 0.397887},           {"six_hump", -1.03163},
                                                 {"hartmann3", -3.86278},        {"hartmann6", -3.32237},
                                                 {"styblinski_tang5", -195.83},  {"cosine8", -0.8},
                                                 {"michalewicz5", -4.687658},    {"branin_noisy", 0.397887},
                                                 {"hartmann6_noisy", -3.32237},  {"hartmann6_discrete", -2.88938},
                                                 {"hartmann6_in_50", -3.32237},  {"holder_table", -19.2085},
                                                 {"egg_holder", -959.6407},      {"shekel10", -10.5364},
                                                 {"styblinski_tang40", -1566.65}};

double random_coordinate(const Parameter& parameter, std::mt19937_64& generator) {
  const double u = std::uniform_real_distribution<double>()(generator);
  if (parameter.kind == ParameterKind::real) return parameter.lower + u * (parameter.upper - parameter.lower);
  if (parameter.kind == ParameterKind::integer) {
    return parameter.lower + std::floor(u * (parameter.upper - parameter.lower + 1));
  }
  const std::size_t count = parameter.kind == ParameterKind::boolean ? 2 : parameter.values.size();
  return std::floor(u * static_cast<double>(count));
}

TEST(Problems, HaveThePublishedLowestValues) {
  for (const Problem& p : problems()) {
    SCOPED_TRACE(p.name);
    ASSERT_EQ(p.minimizer.size(), p.parameters.size());
    const auto known = published.find(p.name);
    const double lowest = known == published.end() ? 0.0 : known->second;

    EXPECT_NEAR(p.optimum(), lowest, 1e-5 * std::max(1.0, std::abs(lowest)));
  }
}

TEST(Problems, AreNowhereLowerThanTheirLowestValue) {
  std::mt19937_64 generator(1);
  for (const Problem& p : problems()) {
    SCOPED_TRACE(p.name);
    std::vector<double> x(p.parameters.size());
    for (int i = 0; i < 2000; ++i) {
      for (std::size_t j = 0; j < x.size(); ++j) {
        // Half of the points lie near the minimizer.
        const double far = random_coordinate(p.parameters[j], generator);
        const bool near = i % 2 == 0 && p.parameters[j].kind == ParameterKind::real;
        x[j] = near ? p.minimizer[j] + 1e-3 * (far - p.minimizer[j]) : far;
      }
      ASSERT_GE(p.value(x), p.optimum() - 1e-12 * std::abs(p.optimum())) << testing::PrintToString(x);
    }
  }
}

TEST(Problems, TheirMiddleIsNotTheirMinimizer) {
  for (const Problem& p : problems()) {
    std::vector<double> middle;
    for (const Parameter& q : p.parameters) middle.push_back(q.values.empty() ? (q.lower + q.upper) / 2 : 0);

    EXPECT_GT(p.value(middle), p.optimum() + 0.1) << p.name;
  }
}

TEST(Problems, NoiseIsTheSameForEqualSeedAndEvaluationOnly) {
  const Problem& noisy = problem("hartmann6_noisy");

  const double told = observe(noisy, noisy.minimizer, 3, 5);

  EXPECT_EQ(told, observe(noisy, noisy.minimizer, 3, 5));
  EXPECT_NE(told, observe(noisy, noisy.minimizer, 3, 6));
  EXPECT_NE(told, observe(noisy, noisy.minimizer, 4, 5));
  EXPECT_NEAR(told, noisy.optimum(), 6 * noisy.noise);
}

TEST(Problems, AParameterizationIsThePointItStandsFor) {
  const Problem& mixed = problem("ackley_mixed");
  const Parameterization best{{"x1", 0.0},
                              {"x2", 0.0},
                              {"x3", 0.0},
                              {"n1", std::int64_t{0}},
                              {"n2", std::int64_t{0}},
                              {"c1", std::string("c")},
                              {"c2", std::string("e")},
                              {"b", true}};

  EXPECT_EQ(numbers(mixed, best), mixed.minimizer);
  EXPECT_EQ(parameterization(mixed, mixed.minimizer), best);
}

}  // namespace
}  // namespace stune::benchmarks
