#include "stune/value.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>

#include "tests/experiment/config_error.hpp"

namespace stune {
namespace {

using testing::AllOf;
using testing::HasSubstr;

const Parameterization some{{"lr", 0.1}, {"layers", std::int64_t{3}}, {"bias", true}, {"optimizer", "adam"}};

TEST(Value, IsWrittenAsATrialSeesIt) {
  EXPECT_EQ(to_string(Value(true)), "true");
  EXPECT_EQ(to_string(Value(std::int64_t{-3})), "-3");
  EXPECT_EQ(to_string(Value(0.1)), "0.1");
  EXPECT_EQ(to_string(Value(2.0)), "2");
  EXPECT_EQ(to_string(Value("a b")), "a b");
}

TEST(Value, FloatsReadBackTheSame) {
  for (const double x : {1.0 / 3.0, 1e-300, 5e-324, 1.7976931348623157e308, 0.1 + 0.2, -0.0}) {
    EXPECT_EQ(std::strtod(to_string(Value(x)).c_str(), nullptr), x);
  }
}

TEST(Value, AsANumber) {
  EXPECT_EQ(to_number(Value(true)), 1.0);
  EXPECT_EQ(to_number(Value(std::int64_t{3})), 3.0);
  EXPECT_EQ(to_number(Value(0.5)), 0.5);
  EXPECT_THAT(config_error([] { to_number(Value("x")); }), HasSubstr("\"x\" is not a number"));
}

TEST(Parameterization, GivesValuesByNameAndType) {
  EXPECT_EQ(some.number("lr"), 0.1);
  EXPECT_EQ(some.number("layers"), 3.0);
  EXPECT_EQ(some.integer("layers"), 3);
  EXPECT_TRUE(some.flag("bias"));
  EXPECT_EQ(some.text("optimizer"), "adam");
  EXPECT_TRUE(some.contains("lr"));
  EXPECT_FALSE(some.contains("rl"));
  EXPECT_EQ(to_string(some), "lr=0.1 layers=3 bias=true optimizer=adam");
}

TEST(Parameterization, AnUnknownNameIsMetWithTheKnownOnes) {
  EXPECT_THAT(
      config_error([] { some.at("layer"); }),
      AllOf(HasSubstr("\"layer\""), HasSubstr("did you mean \"layers\"?"), HasSubstr("lr, layers, bias, optimizer")));
  EXPECT_THAT(config_error([] { Parameterization().at("x"); }), HasSubstr("there are none"));
}

TEST(Parameterization, AWrongTypeIsNamed) {
  EXPECT_THAT(config_error([] { some.integer("lr"); }), HasSubstr("parameter \"lr\" is a float (0.1), not an int"));
  EXPECT_THAT(config_error([] { some.number("bias"); }), HasSubstr("is a bool (true), not a number"));
  EXPECT_THAT(config_error([] { some.flag("optimizer"); }), HasSubstr("is text (adam), not a bool"));
  EXPECT_THAT(config_error([] { some.text("layers"); }), HasSubstr("is an int (3), not text"));
}

TEST(Parameterization, IsComparedByNamesAndValues) {
  EXPECT_EQ((Parameterization{{"a", 1.0}}), (Parameterization{{"a", 1.0}}));
  EXPECT_NE((Parameterization{{"a", 1.0}}), (Parameterization{{"b", 1.0}}));
  EXPECT_NE((Parameterization{{"a", 1.0}}), (Parameterization{{"a", std::int64_t{1}}}));
  EXPECT_EQ(Parameterization(), Parameterization());
  EXPECT_NE(Parameterization(), some);
}

}  // namespace
}  // namespace stune
