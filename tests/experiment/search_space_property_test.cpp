#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "experiment/search_space.hpp"
#include "stune/error.hpp"

namespace stune {
namespace {

/// Random spaces of every kind, from narrow to extreme.
class Maker {
 public:
  explicit Maker(std::uint64_t seed) : random_(seed) {}

  double uniform(double lower, double upper) { return std::uniform_real_distribution(lower, upper)(random_); }
  std::int64_t whole(std::int64_t lower, std::int64_t upper) {
    return std::uniform_int_distribution(lower, upper)(random_);
  }
  bool coin() { return whole(0, 1) == 1; }

  SearchSpace space() {
    std::vector<Parameter> parameters;
    const std::int64_t count = whole(1, 6);
    for (std::int64_t i = 0; i < count; ++i) parameters.push_back(parameter(std::string("p") + std::to_string(i)));
    return SearchSpace(std::move(parameters));
  }

  std::vector<double> point(const SearchSpace& space) {
    std::vector<double> point;
    for (const Axis& axis : space.axes()) {
      const bool categories = axis.kind == Axis::Kind::categories;
      const double edge[] = {0.0, 1.0, 1e-15, 1.0 - 1e-15};
      point.push_back(categories         ? static_cast<double>(whole(0, axis.count - 1))
                      : whole(0, 9) == 0 ? edge[whole(0, 3)]
                                         : uniform(0.0, 1.0));
    }
    return point;
  }

 private:
  Parameter parameter(const std::string& name) {
    switch (whole(0, 8)) {
      case 0: {
        const double lower = (coin() ? 1 : -1) * std::pow(10.0, uniform(-8, 8));
        return range(name, lower, lower + std::pow(10.0, uniform(-4, 8)) * std::max(1.0, std::abs(lower) * 1e-6));
      }
      case 1: {
        const double lower = std::pow(10.0, uniform(-150, 100));
        return range(name, lower, lower * std::pow(10.0, uniform(0.01, 50)), {.log_scale = true});
      }
      case 2: {
        const double step = std::pow(10.0, uniform(-6, 6));
        const double lower = std::round(uniform(-50, 50)) * step;
        return range(name, lower, lower + static_cast<double>(whole(1, 3000)) * step, {.step = step});
      }
      case 3: {
        const double step = std::pow(10.0, uniform(-6, 3));
        const double lower = static_cast<double>(whole(1, 20)) * step;
        return range(name, lower, lower + static_cast<double>(whole(1, 3000)) * step,
                     {.log_scale = true, .step = step});
      }
      case 4: {
        const std::int64_t lower = whole(-1000000, 1000000);
        return integer(name, lower, lower + whole(1, coin() ? 20 : 100000000000));
      }
      case 5: {
        const std::int64_t lower = whole(1, 1000);
        return integer(name, lower, lower + whole(1, coin() ? 20 : 100000000000), {.log_scale = true});
      }
      case 6:
        return coin() ? choice(name, {"a", "b", "c", "d"}) : choice(name, {0.5, 2.0});
      case 7:
        return coin() ? ordered(name, {std::int64_t{1}, std::int64_t{10}, std::int64_t{100}}) : fixed(name, "text");
      default:
        return boolean(name);
    }
  }

  std::mt19937_64 random_;
};

bool is_on_step(const Parameter& parameter, double value) {
  const double step = parameter.step > 0 ? parameter.step : parameter.kind == ParameterKind::integer ? 1.0 : 0.0;
  if (step == 0.0) return true;
  const double steps = (value - parameter.lower) / step;
  return std::abs(steps - std::round(steps)) < 1e-6;
}

bool is_valid(const Parameter& parameter, const Value& value) {
  switch (parameter.kind) {
    case ParameterKind::real:
    case ParameterKind::integer: {
      if (value.index() != (parameter.kind == ParameterKind::real ? 2U : 1U)) return false;
      const double x = to_number(value);
      return x >= parameter.lower && x <= parameter.upper && is_on_step(parameter, x);
    }
    case ParameterKind::boolean:
      return std::holds_alternative<bool>(value);
    default:
      return std::find(parameter.values.begin(), parameter.values.end(), value) != parameter.values.end();
  }
}

std::string description(const SearchSpace& space) {
  std::string text;
  for (const Parameter& parameter : space.parameters()) text += parameter.name + " = " + describe(parameter) + "; ";
  return text;
}

constexpr std::uint64_t spaces = 3000;

TEST(SearchSpaceProperty, DecodedValuesAreValid) {
  for (std::uint64_t seed = 0; seed < spaces; ++seed) {
    Maker maker(seed);
    const SearchSpace space = maker.space();
    for (int i = 0; i < 10; ++i) {
      const Parameterization decoded = space.decode(maker.point(space));
      for (std::size_t p = 0; p < decoded.size(); ++p) {
        ASSERT_TRUE(is_valid(space.parameters()[p], decoded.value(p)))
            << "seed " << seed << ": " << describe(space.parameters()[p]) << " gave " << to_string(decoded.value(p));
      }
      ASSERT_EQ(space.validated(decoded), decoded) << "seed " << seed << ": " << description(space);
    }
  }
}

TEST(SearchSpaceProperty, EncodeAndDecodeAreExactInversesOnDecodedValues) {
  for (std::uint64_t seed = 0; seed < spaces; ++seed) {
    Maker maker(seed);
    const SearchSpace space = maker.space();
    for (int i = 0; i < 10; ++i) {
      const Parameterization decoded = space.decode(maker.point(space));
      const std::vector<double> point = space.encode(decoded);

      ASSERT_EQ(space.decode(point), decoded) << "seed " << seed << ": " << description(space) << to_string(decoded)
                                              << " came back as " << to_string(space.decode(point));
      ASSERT_EQ(space.encode(space.decode(point)), point) << "seed " << seed << ": " << description(space);
    }
  }
}

TEST(SearchSpaceProperty, DecodingMovesAContinuousCoordinateByNextToNothing) {
  for (std::uint64_t seed = 0; seed < spaces; ++seed) {
    Maker maker(seed);
    const SearchSpace space = maker.space();
    const std::vector<double> point = maker.point(space);
    const std::vector<double> back = space.encode(space.decode(point));
    for (std::size_t axis = 0; axis < point.size(); ++axis) {
      const Parameter& parameter = space.tuned(axis);
      if (parameter.kind != ParameterKind::real || parameter.step > 0) continue;
      // 12 digits of the range, but no more than a double has at such a distance from zero.
      const double largest = std::max(std::abs(parameter.lower), std::abs(parameter.upper));
      const double coarse = parameter.log_scale ? 0.0 : 1e-14 * largest / (parameter.upper - parameter.lower);
      ASSERT_NEAR(back[axis], point[axis], 1e-9 + coarse) << "seed " << seed << ": " << describe(parameter);
    }
  }
}

TEST(SearchSpaceProperty, DecodingFindsTheNearestGridValue) {
  for (std::uint64_t seed = 0; seed < spaces; ++seed) {
    Maker maker(seed);
    const SearchSpace space = maker.space();
    const std::vector<double> point = maker.point(space);
    const std::vector<double> back = space.encode(space.decode(point));
    for (std::size_t axis = 0; axis < point.size(); ++axis) {
      if (space.axes()[axis].kind != Axis::Kind::grid) continue;
      const Grid& grid = space.axes()[axis].grid;
      const std::int64_t k = grid.nearest(back[axis]);
      ASSERT_EQ(grid.coordinate(k), back[axis]) << "seed " << seed;
      for (std::int64_t other = std::max<std::int64_t>(0, k - 3); other < std::min(grid.count, k + 4); ++other) {
        ASSERT_LE(std::abs(back[axis] - point[axis]), std::abs(grid.coordinate(other) - point[axis]) + 1e-15);
      }
    }
  }
}

TEST(SearchSpaceProperty, ValuesOfTheUserComeBackToTwelveDigits) {
  std::mt19937_64 random(1);
  const SearchSpace linear({range("x", -2.0, 5.0)});
  const SearchSpace logarithmic({range("x", 1e-8, 1e3, {.log_scale = true})});
  for (int i = 0; i < 10000; ++i) {
    const double x = std::uniform_real_distribution(-2.0, 5.0)(random);
    const double y = std::pow(10.0, std::uniform_real_distribution(-8.0, 3.0)(random));

    const double x_back = linear.decode(linear.encode({{"x", x}})).number("x");
    const double y_back = logarithmic.decode(logarithmic.encode({{"x", y}})).number("x");

    ASSERT_NEAR(x_back, x, 1e-11);
    ASSERT_NEAR(y_back, y, 1e-11 * y);
  }
}

TEST(SearchSpaceProperty, DescribeAndParseAreInverses) {
  for (std::uint64_t seed = 0; seed < spaces; ++seed) {
    const SearchSpace space = Maker(seed).space();
    for (const Parameter& parameter : space.parameters()) {
      ASSERT_EQ(parse_parameter(parameter.name + " = " + describe(parameter)), parameter) << describe(parameter);
    }
  }
}

TEST(SearchSpaceProperty, RandomTextNeverDoesMoreThanThrowConfigError) {
  const std::string pieces[] = {"x",   "=", "float", "int", "choice", "log",     "(",    ")", ",",   "0",
                                "1e5", "'", "\"",    "\\",  " ",      "default", "step", "-", "\xff"};
  std::mt19937_64 random(2);
  int parsed = 0;
  for (int i = 0; i < 50000; ++i) {
    std::string text = i % 2 ? "x = choice(" : "";
    for (std::uint64_t n = random() % 12; n > 0; --n) text += pieces[random() % std::size(pieces)];
    if (i % 2) text += ")";
    try {
      const Parameter parameter = parse_parameter(text);
      ASSERT_EQ(parse_parameter(parameter.name + " = " + describe(parameter)), parameter) << text;
      ++parsed;
    } catch (const ConfigError&) {
    }
  }
  EXPECT_GT(parsed, 1000);
}

}  // namespace
}  // namespace stune
