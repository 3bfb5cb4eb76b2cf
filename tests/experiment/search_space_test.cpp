#include "experiment/search_space.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tests/experiment/config_error.hpp"
#include "tests/experiment/whole.hpp"

namespace stune {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

SearchSpace space_of(std::initializer_list<const char*> texts) {
  std::vector<Parameter> parameters;
  for (const char* text : texts) parameters.push_back(parse_parameter(text));
  return SearchSpace(std::move(parameters));
}

TEST(SearchSpace, NamesMustDifferInTheEnvironmentToo) {
  EXPECT_THAT(config_error([] { space_of({"a = bool", "a = bool"}); }), HasSubstr("\"a\": it is there twice"));
  EXPECT_THAT(config_error([] {
                space_of({"model.lr = bool", "model_lr = bool"});
              }),
              AllOf(HasSubstr("\"model_lr\""), HasSubstr("\"model.lr\""), HasSubstr("STUNE_model_lr")));
  for (const char* name : {"TRIAL", "ATTEMPT", "TRIAL_DIR", "ATTEMPT_DIR", "METRICS", "PARAMETERS", "TRIAL.DIR"}) {
    EXPECT_THAT(config_error([&] { SearchSpace({boolean(name)}); }),
                AllOf(HasSubstr(name), HasSubstr("stune itself gives to trials")));
  }
  EXPECT_NO_THROW(space_of({"trial = bool", "Trial = bool"}));
}

TEST(SearchSpace, ParametersBuiltByHandAreCheckedAsWell) {
  Parameter odd = boolean("b");
  odd.values = {true};
  EXPECT_THAT(config_error([&] { SearchSpace({odd}); }), HasSubstr("a bool has no list of values"));
  odd = choice("c", {"a", "b"});
  odd.log_scale = true;
  EXPECT_THAT(config_error([&] { SearchSpace({odd}); }), HasSubstr("only float and int have a scale"));
  EXPECT_THAT(config_error([] { SearchSpace({range("x", 0, 1, {.step = -0.1})}); }), HasSubstr("not -0.1"));
  EXPECT_THAT(config_error([] { SearchSpace({choice("c", {1.0, std::nan("")})}); }), HasSubstr("no finite number"));
  EXPECT_THAT(config_error([] { SearchSpace({fixed("c", std::string("a\0b", 3))}); }), HasSubstr("zero byte"));
}

TEST(SearchSpace, CoordinatesOfKnownValues) {
  const SearchSpace space = space_of({"x = float(-1, 3)", "lr = log(1e-4, 1)", "n = int(0, 10)", "m = int(1, 4, log)",
                                      "c = choice(a, b, c)", "o = ordered(s, m, l)", "b = bool", "f = fixed(7)"});

  const std::vector<double> point = space.encode(space.validated(
      {{"x", 0.0}, {"lr", 0.01}, {"n", whole(3)}, {"m", whole(2)}, {"c", "c"}, {"o", "m"}, {"b", true}}));

  EXPECT_EQ(space.dimension(), 7U);
  EXPECT_THAT(point, ElementsAre(0.25, testing::DoubleNear(0.5, 1e-15), 0.3, 0.5, 2.0, 0.5, 1.0));
}

TEST(SearchSpace, AxesSayHowACoordinateMayLook) {
  const SearchSpace space =
      space_of({"x = float(0, 1)", "g = float(0, 1, step=0.25)", "n = int(1, 4, log)", "wide = int(0, 1000)",
                "c = choice(a, b, c)", "b = bool", "o = ordered(1, 5, 6)"});
  const std::vector<Axis>& axes = space.axes();

  EXPECT_EQ(axes[0].kind, Axis::Kind::continuous);
  EXPECT_EQ(axes[1].grid.count, 5);
  EXPECT_DOUBLE_EQ(axes[1].grid.coordinate(3), 0.75);
  EXPECT_EQ(axes[2].grid.count, 4);
  EXPECT_DOUBLE_EQ(axes[2].grid.coordinate(2), std::log(3) / std::log(4));
  EXPECT_EQ(axes[3].kind, Axis::Kind::grid);
  EXPECT_EQ(axes[3].grid.count, 1001);
  EXPECT_EQ(axes[4].kind, Axis::Kind::categories);
  EXPECT_EQ(axes[4].count, 3);
  EXPECT_EQ(axes[5].count, 2);
  EXPECT_DOUBLE_EQ(axes[6].grid.coordinate(1), 0.5);
}

TEST(Grid, AValueOwnsWhatIsNearestToIt) {
  const Grid even{4}, logarithmic{8, 1.0};  // 1, 2, .. 8

  EXPECT_EQ(even.owner(0.249), 0);
  EXPECT_EQ(even.owner(0.251), 1);
  EXPECT_EQ(even.owner(0.999), 3);
  EXPECT_EQ(logarithmic.coordinate(1), std::log(2) / std::log(8));
  EXPECT_EQ(logarithmic.owner(0.5), 2) << "half of the values in logarithms: the root of 8";
  EXPECT_EQ(logarithmic.nearest(std::log(2.8) / std::log(8)), 2) << "nearer to 3 than to 2";
  EXPECT_EQ(logarithmic.nearest(std::log(2.4) / std::log(8)), 1) << "nearer to 2, in logarithms";
}

TEST(SearchSpace, PointsOutsideAreBroughtInside) {
  const SearchSpace space = space_of({"x = float(2, 3)", "n = int(1, 9)", "c = choice(a, b)", "b = bool"});
  const double inf = std::numeric_limits<double>::infinity();
  const double no_number = std::nan("");

  EXPECT_EQ(to_string(space.decode(std::vector{-0.1, -5.0, -1.0, -inf})), "x=2 n=1 c=a b=false");
  EXPECT_EQ(to_string(space.decode(std::vector{1.1, inf, 7.0, inf})), "x=3 n=9 c=b b=true");
  EXPECT_EQ(to_string(space.decode(std::vector{no_number, no_number, no_number, no_number})), "x=2.5 n=5 c=a b=false");
}

TEST(SearchSpace, StepsLeaveNoDirt) {
  const SearchSpace space = space_of({"x = float(0.1, 1.1, step=0.1)"});

  EXPECT_EQ(to_string(space.decode(std::vector{0.2})), "x=0.3");
  EXPECT_EQ(to_string(space.decode(std::vector{0.6})), "x=0.7");
}

TEST(SearchSpace, CenterIsTheMiddleOnEachScale) {
  const SearchSpace space = space_of(
      {"x = float(0, 3)", "lr = log(1e-4, 1e-2)", "n = int(2, 8)", "c = choice(a, b)", "b = bool", "f = fixed(z)"});

  EXPECT_EQ(to_string(space.center()), "x=1.5 lr=0.001 n=5 c=a b=false f=z");
}

TEST(SearchSpace, DefaultsNeedOneForEveryTunedParameter) {
  EXPECT_FALSE(space_of({"x = float(0, 3, default=1)", "n = int(2, 8)"}).defaults().has_value());
  EXPECT_EQ(to_string(*space_of({"x = float(0, 3, default=1)", "n = int(2, 8, default=3)", "f = fixed(z)"}).defaults()),
            "x=1 n=3 f=z");
}

TEST(SearchSpace, SizeCountsDifferentParameterizations) {
  EXPECT_EQ(
      space_of({"n = int(1, 10)", "c = choice(a, b, c)", "b = bool", "g = float(0, 1, step=0.25)", "f = fixed(1)"})
          .size(),
      300.0);
  EXPECT_EQ(space_of({"x = float(0, 1)", "b = bool"}).size(), std::nullopt);
  EXPECT_EQ(space_of({"a = int(0, 1e14)", "b = int(0, 1e14)"}).size(), std::nullopt);
  EXPECT_EQ(space_of({"f = fixed(1)"}).size(), 1.0);
  EXPECT_EQ(SearchSpace().size(), 1.0);
}

TEST(SearchSpace, AListOfOneValueIsNotTuned) {
  const SearchSpace space = space_of({"c = choice(adam)", "x = float(0, 1)", "o = ordered(5)"});

  EXPECT_EQ(space.dimension(), 1U);
  EXPECT_EQ(space.tuned(0).name, "x");
  EXPECT_EQ(to_string(space.center()), "c=adam x=0.5 o=5");
}

TEST(SearchSpace, ValidatedBringsOrderAndTypes) {
  const SearchSpace space = space_of(
      {"x = float(0, 3)", "n = int(2, 8)", "c = choice(1, 2.5)", "t = choice(a, 1)", "b = bool", "f = fixed(7)"});

  const Parameterization result =
      space.validated({{"b", "true"}, {"t", whole(1)}, {"c", "2.50"}, {"n", 3.0}, {"x", whole(2)}});

  EXPECT_EQ(result,
            (Parameterization{{"x", 2.0}, {"n", whole(3)}, {"c", 2.5}, {"t", "1"}, {"b", true}, {"f", whole(7)}}));
}

TEST(SearchSpace, ValidatedNamesWhatIsWrong) {
  const SearchSpace space = space_of({"rate = float(0, 3)", "n = int(2, 8)", "c = choice(sgd, adam)", "f = fixed(7)"});
  const auto error = [&](const Parameterization& parameters) {
    return config_error([&] { (void)space.validated(parameters); });
  };

  EXPECT_THAT(error({{"rat", 1.0}}), AllOf(HasSubstr("no parameter \"rat\""), HasSubstr("did you mean \"rate\"?"),
                                           HasSubstr("rate, n, c, f")));
  EXPECT_THAT(error({{"rate", 1.0}, {"rate", 1.0}}), HasSubstr("\"rate\" is given twice"));
  EXPECT_THAT(error({{"rate", 1.0}, {"n", whole(3)}}), AllOf(HasSubstr("\"c\" has no value"), HasSubstr("sgd, adam")));
  EXPECT_THAT(error({{"rate", 3.5}}),
              AllOf(HasSubstr("\"rate\""), HasSubstr("3.5 is outside of [0, 3]"), HasSubstr("a number in [0, 3]")));
  EXPECT_THAT(error({{"rate", std::nan("")}}), HasSubstr("\"nan\" is no number"));
  EXPECT_THAT(error({{"rate", true}}), HasSubstr("\"true\" is no number"));
  EXPECT_THAT(error({{"rate", 1.0}, {"n", 2.5}}),
              AllOf(HasSubstr("2.5 is no whole number"), HasSubstr("a whole number in [2, 8]")));
  EXPECT_THAT(error({{"rate", 1.0}, {"n", whole(3)}, {"c", "adma"}}),
              AllOf(HasSubstr("\"adma\""), HasSubstr("did you mean \"adam\"?")));
  EXPECT_THAT(error({{"rate", 1.0}, {"n", whole(3)}, {"c", "sgd"}, {"f", whole(8)}}),
              HasSubstr("\"8\" is not one of its values"));
}

TEST(SearchSpace, ValuesAreReadFromText) {
  const SearchSpace space = space_of({"x = float(0, 3)", "n = int(2, 8)", "b = bool", "c = choice(007, 8)"});

  EXPECT_EQ(space.parse_value(space.parameters()[0], "1e-2"), Value(0.01));
  EXPECT_EQ(space.parse_value(space.parameters()[1], "3"), whole(3));
  EXPECT_EQ(space.parse_value(space.parameters()[2], "false"), Value(false));
  EXPECT_EQ(space.parse_value(space.parameters()[3], "007"), Value("007"));
  EXPECT_THAT(config_error([&] { (void)space.parse_value(space.parameters()[1], "three"); }),
              HasSubstr("\"three\" is no number"));
}

TEST(SearchSpace, NamesInTheEnvironment) {
  EXPECT_EQ(environment_name("lr"), "STUNE_lr");
  EXPECT_EQ(environment_name("model.lr-2"), "STUNE_model_lr_2");
}

}  // namespace
}  // namespace stune
