#include "metrics/schema.hpp"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>

namespace stune::metrics {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

std::vector<Observation> found(const Read& read) {
  const auto* observations = std::get_if<std::vector<Observation>>(&read);
  return observations != nullptr ? *observations : std::vector<Observation>();
}
std::string why(const Read& read) {
  const auto* mismatch = std::get_if<Mismatch>(&read);
  return mismatch != nullptr ? mismatch->why : "";
}
Series row(std::vector<double> values, std::vector<double> steps = {}, std::vector<double> sems = {}) {
  Series series;
  series.values.values = std::move(values);
  series.steps = std::move(steps);
  series.sems = std::move(sems);
  return series;
}

TEST(Schema, ANumberIsTheFinalValue) {
  Series series = row({0.5}, {}, {0.25});
  series.values.is_scalar = true;

  EXPECT_THAT(found(to_observations("a", series, "last")), ElementsAre(Observation{"a", final_step, 0.5, 0.25}));
}

TEST(Schema, ARowIsAProgression) {
  EXPECT_THAT(found(to_observations("a", row({5, 6}), "last")),
              ElementsAre(Observation{"a", 0, 5, nan}, Observation{"a", 1, 6, nan}));
  EXPECT_THAT(found(to_observations("a", row({5, 6}, {10, 30}, {1, 2}), "last")),
              ElementsAre(Observation{"a", 10, 5, 1}, Observation{"a", 30, 6, 2}));
}

TEST(Schema, APointMayHaveATime) {
  Series series = row({5, 6});
  series.times = {1'764'000'000.25, 1'764'000'030};

  const auto points = found(to_observations("a", series, "last"));

  EXPECT_EQ(points.at(0).at, TimePoint(std::chrono::microseconds(1'764'000'000'250'000)));
  EXPECT_EQ(points.at(1).at, TimePoint(std::chrono::seconds(1'764'000'030)));
  series.times = {1};
  EXPECT_THAT(why(to_observations("a", series, "last")), HasSubstr("1 times for 2 value(s)"));
  for (const double wrong : {-1.0, nan, 1e300}) {
    series.times = {1, wrong};
    EXPECT_THAT(why(to_observations("a", series, "last")), HasSubstr("seconds since 1970"));
  }
}

TEST(Schema, AReducedRowHasAFinalValueToo) {
  EXPECT_THAT(found(to_observations("a", row({5, 7, 6}), "max")).back(), Observation({"a", final_step, 7, nan}));
}

TEST(Schema, WhatDoesNotFitIsNamed) {
  EXPECT_THAT(why(to_observations("a", row({}), "last")), HasSubstr("no values yet"));
  EXPECT_THAT(why(to_observations("a", row({1, 2}, {0}), "last")), HasSubstr("1 steps for 2 value(s)"));
  EXPECT_THAT(why(to_observations("a", row({1, 2}, {1, 1}), "last")), HasSubstr("not rising"));
  EXPECT_THAT(why(to_observations("a", row({1, 2}, {-1, 1}), "last")), HasSubstr("not rising"));
  EXPECT_THAT(why(to_observations("a", row({1, 2}, {0, nan}), "last")), HasSubstr("not rising"));
  EXPECT_THAT(why(to_observations("a", row({1, 2, 3}, {}, {1, 2}), "last")), HasSubstr("2 sems for 3 value(s)"));
  EXPECT_THAT(why(to_observations("a", row({1}, {}, {-1}), "last")), HasSubstr("negative"));
}

TEST(Schema, RowsOfApplicationsAreReducedToOneValue) {
  const Series series = row({3, 1, 4, 2}, {}, {0.3, 0.1, 0.4, 0.2});

  EXPECT_THAT(found(reduce_to_final("a", series, "last")), ElementsAre(Observation{"a", final_step, 2, 0.2}));
  EXPECT_THAT(found(reduce_to_final("a", series, "min")), ElementsAre(Observation{"a", final_step, 1, 0.1}));
  EXPECT_THAT(found(reduce_to_final("a", series, "max")), ElementsAre(Observation{"a", final_step, 4, 0.4}));
  const Observation mean = found(reduce_to_final("a", series, "mean")).at(0);
  EXPECT_EQ(mean.mean, 2.5);
  EXPECT_NEAR(mean.sem, std::sqrt(0.09 + 0.01 + 0.16 + 0.04) / 4, 1e-15);
}

TEST(Schema, NanIsNeverTheBest) {
  EXPECT_EQ(found(reduce_to_final("a", row({nan, 2, 1, nan}), "min")).at(0).mean, 1);
  EXPECT_EQ(found(reduce_to_final("a", row({nan, 2, 1, nan}), "max")).at(0).mean, 2);
}

TEST(Schema, TheFileWinsOverWhatWasReported) {
  EXPECT_THAT(
      merge({{"a", 0, 1, nan}, {"a", 2, 3, nan}}, {{"a", final_step, 9, nan}, {"a", 1, 2, nan}, {"a", 2, 7, nan}}),
      ElementsAre(Observation{"a", 0, 1, nan}, Observation{"a", 1, 2, nan}, Observation{"a", 2, 3, nan},
                  Observation{"a", final_step, 9, nan}));
  const TimePoint told{std::chrono::seconds(7)};
  EXPECT_THAT(merge({{"a", 2, 3, nan}}, {{"a", 2, 7, nan, told}}), ElementsAre(Observation{"a", 2, 3, nan, told}));
}

TEST(Schema, ThinnedProgressionsKeepTheirEnds) {
  std::vector<Observation> many;
  for (int i = 0; i < 100'000; ++i) many.push_back({"a", i, i % 2 == 0 ? nan : i, nan});

  const auto thinned = thin(many);

  ASSERT_EQ(thinned.size(), most_points);
  EXPECT_EQ(thinned.front().step, 1);
  EXPECT_EQ(thinned.back().step, 99'999);
  for (std::size_t i = 1; i < thinned.size(); ++i) EXPECT_LT(thinned[i - 1].step, thinned[i].step);
}

TEST(Schema, TheLastWordStaysWhateverItIs) {
  EXPECT_THAT(thin({{"a", 0, nan, nan}, {"a", 1, 1, nan}, {"a", 2, nan, nan}}),
              ElementsAre(Observation{"a", 1, 1, nan}, Observation{"a", 2, nan, nan}));
  EXPECT_TRUE(thin({}).empty());
}

}  // namespace
}  // namespace stune::metrics
