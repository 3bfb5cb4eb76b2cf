#include <gtest/gtest.h>

#include "stune/error.hpp"
#include "stune/parameter.hpp"

namespace stune {
namespace {

using Terms = std::vector<std::pair<std::string, double>>;

const std::vector<std::string> names = {"x1", "x2", "model.lr"};

ParameterConstraint read(const std::string& text) { return parse_parameter_constraint(text, names); }

TEST(ParameterConstraint, IsASumThatIsAtMostABound) {
  EXPECT_EQ(read("x1 + x2 <= 1.5"), (ParameterConstraint{Terms{{"x1", 1.0}, {"x2", 1.0}}, 1.5}));
  EXPECT_EQ(read("2*x1 - model.lr * 0.5 <= -1"), (ParameterConstraint{Terms{{"x1", 2.0}, {"model.lr", -0.5}}, -1.0}));
  EXPECT_EQ(read("x1 + 3 <= 4"), (ParameterConstraint{Terms{{"x1", 1.0}}, 1.0}));
}

TEST(ParameterConstraint, TheOtherDirectionIsTurnedRound) {
  EXPECT_EQ(read("x1 >= x2"), (ParameterConstraint{Terms{{"x1", -1.0}, {"x2", 1.0}}, 0.0}));
  EXPECT_EQ(read("x1 >= 2"), (ParameterConstraint{Terms{{"x1", -1.0}}, -2.0}));
}

TEST(ParameterConstraint, EverythingElseIsRefused) {
  for (const char* text : {"", "x1", "x1 < 1", "x1 <= ", "<= 1", "x1 x2 <= 1", "x3 <= 1", "x1 * x2 <= 1", "1 <= 2",
                           "x1 + <= 1", "x1 <= 1 <= 2", "nan * x1 <= 1"}) {
    EXPECT_THROW(read(text), ConfigError) << text;
  }
}

}  // namespace
}  // namespace stune
