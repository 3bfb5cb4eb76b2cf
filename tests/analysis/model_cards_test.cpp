// Slices, contours and cross-validation: what the model says, and whether it may be believed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "analysis/analyses.hpp"
#include "tests/analysis/made_experiment.hpp"

namespace stune::analysis {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

std::vector<Parameter> mixed() {
  return {range("lr", 1e-4, 1, {.log_scale = true}), integer("layers", 1, 4),
          choice("c", {Value{std::string("a")}, Value{std::string("b")}})};
}

double loss(const Parameterization& p) {
  return std::pow(std::log10(p.number("lr")) + 2, 2) + 0.5 * std::abs(p.number("layers") - 2) +
         (p.text("c") == "a" ? 0.0 : 1.0) + 0.4 * std::log10(p.number("lr")) * p.number("layers");
}

const Figure& figure_named(const Card& card, const std::string& title) {
  for (const Figure& figure : card.figures) {
    if (figure.title == title) return figure;
  }
  throw std::runtime_error("no figure " + title);
}

class ModelCards : public testing::Test {
 protected:
  ModelCards() { made_.sample(60, loss); }

  MadeExperiment made_{mixed()};
};

TEST_F(ModelCards, ASliceIsTheModelsPredictionAroundTheBestTrial) {
  const Subject subject(*made_);
  const Parameterization& best = made_->trial(subject.best->trial).parameters;

  const Figure figure = figure_named(draw_slices(subject), "loss along lr");

  const Trace &band = figure.traces[0], &mean = figure.traces.back();
  EXPECT_TRUE(figure.x.log);
  EXPECT_EQ(mean.x.front(), 1e-4);
  EXPECT_EQ(mean.x.back(), 1.0);
  for (std::size_t i = 0; i < mean.x.size(); i += 10) {
    const Parameterization p{{"lr", mean.x[i]}, {"layers", best.at("layers")}, {"c", best.at("c")}};
    const Belief belief = subject.surrogate->predict({&p, 1}).front();
    EXPECT_NEAR(mean.y[i], belief.mean, 1e-9);
    EXPECT_NEAR(band.low[i], belief.low, 1e-9);
    EXPECT_NEAR(band.high[i], belief.high, 1e-9);
  }
}

TEST_F(ModelCards, WholeNumbersAndNamesAreDrawnAsSuch) {
  const Card card = draw_slices(Subject(*made_));

  EXPECT_THAT(figure_named(card, "loss along layers").traces.back().x, ElementsAre(1, 2, 3, 4));
  const Figure& names = figure_named(card, "loss along c");
  EXPECT_THAT(names.x.categories, ElementsAre("a", "b"));
  EXPECT_EQ(names.traces.back().kind, Trace::Kind::points);
  EXPECT_EQ(names.traces.back().low.size(), 2U);
}

TEST_F(ModelCards, ASliceIsAlsoATable) {
  const Card card = draw_slices(Subject(*made_));

  ASSERT_EQ(card.rows.size(), 11U + 4U + 2U);
  for (const auto& row : card.rows) {
    ASSERT_EQ(row.size(), card.columns.size());
    EXPECT_LE(std::get<double>(row[3]), std::get<double>(row[2]));
    EXPECT_LE(std::get<double>(row[2]), std::get<double>(row[4]));
  }
  EXPECT_THAT(card.rows, testing::Contains(testing::Contains(Value{std::string("b")})));
}

TEST(Slices, OfManyParametersShowThoseThatMatterMost) {
  std::vector<Parameter> parameters{integer("size", 1, 1024, {.log_scale = true})};
  for (int i = 1; i < 10; ++i) parameters.push_back(range("x" + std::to_string(i), 0, 1));
  MadeExperiment made(parameters);
  made.sample(80, [](const Parameterization& p) {
    return std::log2(static_cast<double>(p.integer("size"))) + 4 * p.number("x7");
  });

  const Card card = draw_slices(Subject(*made));

  EXPECT_EQ(card.figures.size(), 8U);
  EXPECT_THAT(card.text, HasSubstr("8 of 10 parameters are drawn"));
  EXPECT_EQ(card.figures[0].x.title, "size");
  EXPECT_EQ(card.figures[1].x.title, "x7");
  EXPECT_TRUE(card.figures[0].x.log);
  const Trace& mean = card.figures[0].traces.back();
  EXPECT_EQ(mean.x.front(), 1);
  EXPECT_EQ(mean.x.back(), 1024);
  EXPECT_TRUE(std::ranges::is_sorted(mean.x));
  for (const double x : mean.x) EXPECT_EQ(x, std::round(x)) << "a size that is no whole number";
}

TEST_F(ModelCards, AContourIsTheModelsMeanAndStandardError) {
  const Subject subject(*made_);
  const Parameterization& best = made_->trial(subject.best->trial).parameters;

  const Card card = draw_contours(subject);

  ASSERT_EQ(card.figures.size(), 6U);
  const Figure &mean = card.figures[0], &error = card.figures[1];
  const Trace& map = mean.traces[0];
  ASSERT_EQ(map.z.size(), map.x.size() * map.y.size());
  const auto value = [](const FigureAxis& axis, double at) {
    if (!axis.categories.empty()) return Value{axis.categories[static_cast<std::size_t>(at)]};
    return axis.title == "layers" ? Value{static_cast<std::int64_t>(at)} : Value{at};
  };
  for (std::size_t iy = 0; iy < map.y.size(); ++iy) {
    for (std::size_t ix = 0; ix < map.x.size(); ++ix) {
      std::map<std::string, Value> at{{"lr", best.at("lr")}, {"layers", best.at("layers")}, {"c", best.at("c")}};
      at[mean.x.title] = value(mean.x, map.x[ix]);
      at[mean.y.title] = value(mean.y, map.y[iy]);
      const Parameterization p{{"lr", at["lr"]}, {"layers", at["layers"]}, {"c", at["c"]}};
      const Belief belief = subject.surrogate->predict({&p, 1}).front();
      ASSERT_NEAR(map.z[iy * map.x.size() + ix], belief.mean, 1e-9);
      ASSERT_NEAR(error.traces[0].z[iy * map.x.size() + ix], belief.sem, 1e-9);
    }
  }
}

TEST_F(ModelCards, AGoodModelIsTrusted) {
  const Card card = cross_validate(Subject(*made_));

  EXPECT_THAT(card.text, HasSubstr("can be trusted"));
  EXPECT_EQ(card.rows.size(), 60U);
}

/// What `leave_one_out` says in one go, the slow way: a model for each trial, fitted to all others.
std::vector<LeftOut> refits(const MadeExperiment& all) {
  std::vector<LeftOut> result;
  for (const Trial& left_out : all->trials()) {
    MadeExperiment others(mixed());
    for (const Trial& trial : all->trials()) {
      if (trial.index != left_out.index) others.complete(trial.parameters, latest(trial, "loss")->mean);
    }
    result.push_back({left_out.index, latest(left_out, "loss")->mean,
                      Surrogate::fit(*others)->predict({&left_out.parameters, 1}).front()});
  }
  return result;
}

TEST(CrossValidation, SaysWhatModelsSayThatHaveNeverSeenTheTrial) {
  MadeExperiment made(mixed());
  made.sample(20, loss);

  const Validation quick = *Subject(*made).validation, slow = validate(refits(made));

  EXPECT_NEAR(quick.r2, slow.r2, 0.1);
  EXPECT_NEAR(quick.rank, slow.rank, 0.1);
  EXPECT_EQ(trust(quick), trust(slow));
  EXPECT_THAT(cross_validate(Subject(*made)).text, HasSubstr("hyperparameters were chosen with all of them"));
}

TEST(CrossValidation, NoiseIsNotTrusted) {
  MadeExperiment made({range("x", 0, 1), range("y", 0, 1)});
  generation::RandomNumbers random(3);
  made.sample(40, [&](const Parameterization&) { return random.normal(); });

  EXPECT_THAT(cross_validate(Subject(*made)).text, HasSubstr("hardly better than the mean"));
}

TEST(CrossValidation, NumbersAreThoseCountedByHand) {
  const auto one = [](int trial, double observed, double predicted, double reach) {
    return LeftOut{trial, observed, {predicted, 0, predicted - reach, predicted + reach}};
  };

  const Validation v = validate(std::vector{one(0, 1, 2, 0.5), one(1, 2, 1, 2), one(2, 3, 3, 1), one(3, 4, 4, 1)});

  EXPECT_DOUBLE_EQ(v.r2, 1.0 - 2.0 / 5.0);
  EXPECT_DOUBLE_EQ(v.rank, 0.8);
  EXPECT_DOUBLE_EQ(v.coverage, 0.75);
  EXPECT_EQ(trust(v), Trust::direction);
}

/// `count` trials that are foretold but for 0.1, `outside` of them outside of their intervals.
Validation nearly_exact(int count, int outside) {
  std::vector<LeftOut> trials;
  for (int i = 0; i < count; ++i) {
    const double reach = i < outside ? 0.05 : 0.2;
    trials.push_back({i, i + 0.1, {double(i), 0, i - reach, i + reach}});
  }
  return validate(std::move(trials));
}

TEST(CrossValidation, AFewTrialsAreNeverEnoughForFullTrust) {
  EXPECT_EQ(trust(nearly_exact(9, 0)), Trust::direction);
  EXPECT_EQ(trust(nearly_exact(10, 0)), Trust::full);
}

TEST(CrossValidation, IntervalsThatAreTooNarrowAreSaidWhateverThePredictionsAreLike) {
  MadeExperiment made({range("x", 0, 1)});
  made.sample(12, [](const Parameterization& p) { return p.number("x"); });
  Subject subject(*made);
  const auto text_for = [&](Validation v) {
    subject.validation = std::move(v);
    return cross_validate(subject).text;
  };
  std::vector<LeftOut> bad;
  for (int i = 0; i < 12; ++i) bad.push_back({i, double(i * 7 % 12), {5.5, 0, 5.4, 5.6}});

  EXPECT_THAT(text_for(nearly_exact(12, 0)),
              AllOf(HasSubstr("The model can be trusted"), Not(HasSubstr("too narrow"))));
  EXPECT_THAT(text_for(nearly_exact(12, 6)), AllOf(HasSubstr("predictions can be trusted"), HasSubstr("too narrow")));
  EXPECT_THAT(text_for(nearly_exact(6, 3)), HasSubstr("too narrow"));
  EXPECT_THAT(text_for(nearly_exact(6, 0)), HasSubstr("few trials"));
  EXPECT_THAT(text_for(validate(bad)), AllOf(HasSubstr("hardly better"), HasSubstr("too narrow")));
}

TEST(CrossValidation, IntervalsOfNoisyTrialsHoldWhatTheyPromise) {
  MadeExperiment made({range("x", 0, 1), range("y", 0, 1)});
  generation::RandomNumbers random(5);
  made.sample(150, [&](const Parameterization& p) {
    return 5 * p.number("x") + std::sin(6 * p.number("y")) + 0.3 * random.normal();
  });

  const Validation v = *Subject(*made).validation;

  EXPECT_GT(v.coverage, 0.9);
  EXPECT_LT(v.coverage, 0.99);
  EXPECT_GT(v.r2, 0.9);
}

TEST(ModelCardsOfOddExperiments, SayWhatIsMissing) {
  MadeExperiment nothing({range("x", 0, 1)}), one({range("x", 0, 1)}), two({range("x", 0, 1)}),
      constant({range("x", 0, 1)}), fixed_only({fixed("x", Value{1.0})});
  one.complete({{"x", 0.5}}, 1.0);
  two.sample(2, [](const Parameterization& p) { return p.number("x"); });
  constant.sample(20, [](const Parameterization&) { return 5.0; });
  fixed_only.complete({{"x", 1.0}}, 1.0);

  for (const MadeExperiment* made : {&nothing, &one, &two, &constant, &fixed_only}) {
    for (const Card& card : compute_all(**made)) {
      EXPECT_FALSE(card.text.empty());
      for (const Figure& figure : card.figures) EXPECT_FALSE(figure.look_for.empty()) << figure.title;
    }
  }
  EXPECT_THAT(cross_validate(Subject(*two)).text, HasSubstr("before 5 trials have completed"));
  EXPECT_THAT(cross_validate(Subject(*constant)).text, HasSubstr("nothing to learn"));
  EXPECT_THAT(draw_slices(Subject(*constant)).text, HasSubstr("constant"));
}

}  // namespace
}  // namespace stune::analysis
