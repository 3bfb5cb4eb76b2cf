#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "experiment/search_space.hpp"
#include "tests/experiment/config_error.hpp"
#include "tests/experiment/whole.hpp"

namespace stune {
namespace {

using testing::AllOf;
using testing::HasSubstr;

TEST(ParseParameter, EveryKind) {
  EXPECT_EQ(parse_parameter("lr = log(1e-5, 1e-1, default=1e-3)"),
            range("lr", 1e-5, 1e-1, {.log_scale = true, .default_value = 1e-3}));
  EXPECT_EQ(parse_parameter("x=float(0,1)"), range("x", 0, 1));
  EXPECT_EQ(parse_parameter("x = float(1, 8, log)"), range("x", 1, 8, {.log_scale = true}));
  EXPECT_EQ(parse_parameter("x = float(-1, 1, step = 0.1)"), range("x", -1, 1, {.step = 0.1}));
  EXPECT_EQ(parse_parameter("  n\t=  int ( 2 , 8 ) "), integer("n", 2, 8));
  EXPECT_EQ(parse_parameter("n = int(1, 64, log, default=8)"),
            integer("n", 1, 64, {.log_scale = true, .default_value = whole(8)}));
  EXPECT_EQ(parse_parameter("n = int(0, 100, step=10)"), integer("n", 0, 100, {.step = 10}));
  EXPECT_EQ(parse_parameter("o = choice(sgd, adam)"), choice("o", {"sgd", "adam"}));
  EXPECT_EQ(parse_parameter("o = ordered(low, mid, high)"), ordered("o", {"low", "mid", "high"}));
  EXPECT_EQ(parse_parameter("b = bool"), boolean("b"));
  EXPECT_EQ(parse_parameter("b = bool()"), boolean("b"));
  EXPECT_EQ(parse_parameter("f = fixed(3)"), fixed("f", whole(3)));
  EXPECT_EQ(parse_parameter("model.lr-1_x = bool").name, "model.lr-1_x");
}

TEST(ParseParameter, ValuesHaveTypes) {
  EXPECT_EQ(parse_parameter("c = choice(1, 2)").values, (std::vector<Value>{whole(1), whole(2)}));
  EXPECT_EQ(parse_parameter("c = choice(1, 2.5)").values, (std::vector<Value>{whole(1), 2.5}));
  EXPECT_EQ(parse_parameter("c = choice(true, false)").values, (std::vector<Value>{true, false}));
  EXPECT_EQ(parse_parameter("c = choice(1, a)").values, (std::vector<Value>{"1", "a"}));
  EXPECT_EQ(parse_parameter("c = choice(1, true)").values, (std::vector<Value>{"1", "true"}));
  EXPECT_EQ(parse_parameter("c = choice('1', \"2\")").values, (std::vector<Value>{"1", "2"}));
  EXPECT_EQ(parse_parameter("c = choice(007, 010)").values, (std::vector<Value>{"007", "010"}));
  EXPECT_EQ(parse_parameter("c = choice(nan, inf)").values, (std::vector<Value>{"nan", "inf"}));
  EXPECT_EQ(parse_parameter("c = choice(123456789012345678901)").values, (std::vector<Value>{"123456789012345678901"}));
}

TEST(ParseParameter, QuotesProtect) {
  EXPECT_EQ(parse_parameter(R"(c = choice("a, b", 'c)', d\,e, "say \"hi\"", 'back\slash', '', f g , "x"'y'z))").values,
            (std::vector<Value>{"a, b", "c)", "d,e", "say \"hi\"", "back\\slash", "", "f g", "xyz"}));
  EXPECT_EQ(parse_parameter("c = choice('  a  ', b)").values, (std::vector<Value>{"  a  ", "b"}));
  EXPECT_EQ(parse_parameter("c = choice(f(x), g(y))").values, (std::vector<Value>{"f(x)", "g(y)"}));
}

TEST(ParseParameter, TheSmallestNumbersWork) {
  const SearchSpace space({parse_parameter("x = float(0, 1e-310)"), parse_parameter("y = log(5e-324, 1e-300)")});

  const Parameterization middle = space.center();

  EXPECT_EQ(space.decode(space.encode(middle)), middle);
}

TEST(ParseParameter, AnEqualsSignInAValueIsPartOfIt) {
  EXPECT_EQ(parse_parameter("c = choice(--mode=fast, --mode=slow, default=--mode=slow)"), [] {
    Parameter p = choice("c", {"--mode=fast", "--mode=slow"});
    p.default_value = "--mode=slow";
    return p;
  }());
}

TEST(ParseParameter, DefaultsAreBroughtToTheType) {
  EXPECT_EQ(parse_parameter("x = float(0, 2, default=1)").default_value, Value(1.0));
  EXPECT_EQ(parse_parameter("c = choice(1, 2, default=2)").default_value, whole(2));
  EXPECT_EQ(parse_parameter("c = choice(1, a, default=1)").default_value, Value("1"));
  EXPECT_EQ(parse_parameter("b = bool(default=true)").default_value, Value(true));
}

struct Bad {
  const char* text;
  std::vector<const char*> parts;
};

TEST(ParseParameter, EveryBadInputIsMetWithWhatWasFoundAndWhatIsValid) {
  const std::vector<Bad> all = {
      {"", {"cannot read the parameter \"\"", "NAME = KIND(...)"}},
      {"lr", {"\"lr\"", "NAME = KIND(...)", "log(1e-5, 1e-1)"}},
      {"float(0, 1)", {"NAME = KIND(...)"}},
      {"= float(0, 1)", {"no name"}},
      {"x =", {"its kind is missing", "choice(a, b, c)"}},
      {"x = floot(0, 1)", {"no kind \"floot\"", "did you mean \"float\"?"}},
      {"x = uniform(0, 1)", {"no kind \"uniform\"", "float(0, 1)"}},
      {"x = 3", {"no kind \"3\"", "fixed(3)"}},
      {"x = float(0, 1", {"closing parenthesis"}},
      {"x = float(0, 1) # comment", {"closing parenthesis", "\"t\""}},
      {"x = float", {"float takes a lower and an upper bound", "found 0"}},
      {"x = float(1)", {"found 1"}},
      {"x = float(0, 1, 2)", {"after the bounds", "\"2\""}},
      {"x = float(0, 1, lag)", {"\"lag\"", "did you mean \"log\"?"}},
      {"x = float(a, 1)", {"the lower bound is a number, not \"a\""}},
      {"x = float(0, '1')", {"the upper bound is a number, not \"1\""}},
      {"x = float(0,, 1)", {"a value is missing beside a comma"}},
      {"x = float(0, 1,)", {"a value is missing beside a comma"}},
      {"x = float(0, 1, defualt=0.5)", {"no \"defualt\"", "did you mean \"default\"?", "default, step, log"}},
      {"x = float(0, 1, default=)", {"nothing follows default="}},
      {"x = float(0, 1, step=0)", {"a step is a number above 0, not \"0\""}},
      {"x = float(0, 1, step=a)", {"step is a number, not \"a\""}},
      {"x = float(0, 1, log=maybe)", {"log is true or false"}},
      {"x = float(0, inf)", {"\"x\"", "bounds are finite numbers, not [0, inf]"}},
      {"x = float(nan, 1)", {"bounds are finite numbers"}},
      {"x = float(-1e308, 1e308)", {"too far apart: at most 1.7e308"}},
      {"x = log(1e-320, 1)", {"too far apart for a logarithmic scale"}},
      {"x = log(1e-200, 1e200)", {"too far apart for a logarithmic scale"}},
      {"x = float(1, 0)", {"the lower bound 1 is above the upper bound 0"}},
      {"x = float(1, 1)", {"both 1", "fixed(1)"}},
      {"x = float(1e6, 1000000.0000000001)", {"too close to tell values between them apart"}},
      {"x = log(0, 1)", {"logarithmic scale needs a lower bound above 0, not 0"}},
      {"x = log(-1, 1)", {"not -1"}},
      {"x = float(0, 1, step=0.3)", {"step of 0.3 does not lead from 0 to 1", "reaches is 0.9"}},
      {"x = float(0, 1, step=2)", {"step of 2 does not lead"}},
      {"x = float(0, 1, step=1e-16)", {"too many values"}},
      {"x = float(0, 1, default=2)", {"2 is outside of [0, 1]", "this is its default"}},
      {"x = float(0, 1, default=a)", {"\"a\" is no number"}},
      {"x = float(0, 1, step=0.1, default=0.25)", {"not on the step", "the nearest value is 0.3", "in steps of 0.1"}},
      {"n = int(0.5, 3)", {"whole numbers, not [0.5, 3]"}},
      {"n = int(0, 1e17)", {"-2^53 and 2^53"}},
      {"n = int(0, 8e15)", {"too many values"}},
      {"n = int(1, 1e13, log)", {"too many values for a logarithmic scale"}},
      {"n = int(0, 9, step=1.5)", {"step of an int is a whole number, not 1.5"}},
      {"n = int(0, 9, step=2)", {"does not lead", "reaches is 8"}},
      {"n = int(0, 9, default=2.5)", {"2.5 is no whole number"}},
      {"c = choice", {"no value to choose from"}},
      {"c = choice()", {"no value to choose from"}},
      {"c = choice(a, a)", {"\"a\" is there twice"}},
      {"c = choice(1, 1.0)", {"\"1\" is there twice"}},
      {"c = choice(a, b, default=c)", {"\"c\" is not one of its values", "a, b", "this is its default"}},
      {"c = choice(a, b, defult=a)", {"did you mean \"default\"?"}},
      {"c = choice('a, b)", {"a quote ' is not closed"}},
      {"c = choice(a, \"b)", {"a quote \" is not closed"}},
      {"b = bool(true)", {"bool takes no values"}},
      {"b = bool(default=2)", {"not true or false"}},
      {"b = bool(step=2)", {"no \"step\""}},
      {"f = fixed()", {"no value"}},
      {"f = fixed(1, 2)", {"fixed takes one value, not 2", "choice(...)"}},
      {"f = fixed(1, default=1)", {"a fixed value has no default"}},
      {"9x = bool", {"\"9x\" is no name", "letters, digits, '_', '.' and '-'", "begins with a letter"}},
      {"a b = bool", {"\"a b\" is no name"}},
      {"l\xc3\xa4nge = bool", {"is no name"}},
      {"a/b = bool", {"is no name"}},
  };
  for (const Bad& bad : all) {
    const std::string error = config_error([&] { parse_parameter(bad.text); });
    for (const char* part : bad.parts) EXPECT_THAT(error, HasSubstr(part)) << bad.text;
  }
}

TEST(ParseParameter, ReadsBackWhatDescribeWrites) {
  for (const char* text : {"x = float(0, 1)", "x = log(1e-05, 0.1, default=0.001)", "x = log(1, 16, step=0.5)",
                           "n = int(2, 8, log, step=2)", "n = int(-5, 5, default=0)",
                           "c = choice(a, \"b c\", \"3\", \"\")", "c = choice(1, 2.0, 3.5)", "c = choice(true, false)",
                           "c = choice(\"true\", \"1e5\", \"a\\\"b\\\\c\", \"d,e\", \"f=g\", default=\"d,e\")",
                           "o = ordered(low, high, default=low)", "b = bool", "b = bool(default=true)",
                           "f = fixed(2.0)", "f = fixed(\"2\")"}) {
    const Parameter parameter = parse_parameter(text);

    const std::string written = parameter.name + " = " + describe(parameter);

    EXPECT_EQ(written, text);
    EXPECT_EQ(parse_parameter(written), parameter) << written;
  }
}

}  // namespace
}  // namespace stune
