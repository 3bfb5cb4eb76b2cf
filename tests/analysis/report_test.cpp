// The page and the JSON of the cards, as far as that can be told without a browser.
#include "analysis/report.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "analysis/analyses.hpp"
#include "analysis/report_data.hpp"
#include "analysis/report_files.hpp"
#include "tests/analysis/made_experiment.hpp"

namespace stune::analysis {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

const std::string nasty = "</script><script>alert(1)</script> \"a', b\"\n<!-- & \u2028\u2029 é";

int count_of(const std::string& text, const std::string& part) {
  int count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

/// The JSON that the page's script will read.
json data_of(const std::string& page) {
  const std::string mark = "id=\"stune-data\">";
  const auto begin = page.find(mark) + mark.size();
  return json::parse(page.substr(begin, page.find("</script>", begin) - begin));
}

Card nasty_card() {
  Card card{nasty, nasty, nasty, {nasty}, {{Value{nasty}}, {Value{std::nan("")}}, {Value{std::int64_t{3}}}}, {}};
  Figure figure{.title = nasty, .look_for = nasty};
  figure.x.categories = {nasty};
  figure.traces.push_back({.kind = Trace::Kind::points, .name = nasty, .x = {0.0}, .y = {1.0}, .labels = {nasty}});
  card.figures.push_back(figure);
  return card;
}

TEST(Page, NoTextOfAnExperimentCanEndItsScript) {
  MadeExperiment made({choice("c", {std::string("</script><b>"), std::string("b")})}, {nasty, true});
  made.complete({{"c", std::string("</script><b>")}}, 1.0);
  MadeExperiment harmless({choice("c", {std::string("a"), std::string("b")})});
  harmless.complete({{"c", std::string("a")}}, 1.0);

  const std::string page = report_page(*made, {nasty_card()}, TimePoint{});
  const std::string plain = report_page(*harmless, {}, TimePoint{});

  EXPECT_EQ(count_of(page, "</script"), count_of(plain, "</script"));
  EXPECT_EQ(count_of(page, "<!--"), 0);
  EXPECT_EQ(count_of(page, "\u2028") + count_of(page, "alert(1)<"), 0);
}

TEST(Page, KeepsEveryTextAndNumberAsItWas) {
  MadeExperiment made({range("x", 0.0, 1.0)}, {nasty, true});

  const json data = data_of(report_page(*made, {nasty_card()}, TimePoint{}));

  const json& card = data["cards"][0];
  EXPECT_EQ(data["objective"]["metric"], nasty);
  EXPECT_EQ(card["title"], nasty);
  EXPECT_EQ(card["columns"][0], nasty);
  EXPECT_EQ(card["rows"], json({{nasty}, {nullptr}, {3}}));
  EXPECT_EQ(card["figures"][0]["traces"][0]["labels"][0], nasty);
  EXPECT_EQ(card["figures"][0]["x"]["categories"][0], nasty);
}

TEST(Page, AsksForNothingOutsideOfItself) {
  MadeExperiment made({range("x", 0.0, 1.0)});

  const std::string page = report_page(*made, {}, TimePoint{});

  EXPECT_THAT(page, HasSubstr("default-src 'none'"));
  EXPECT_THAT(page.substr(0, page.find("plotly.js v")), Not(HasSubstr("http://")));
  EXPECT_THAT(page.substr(0, page.find("plotly.js v")), Not(HasSubstr("https://")));
  EXPECT_THAT(page, Not(HasSubstr("<link rel=\"stylesheet\"")));
}

TEST(Page, WhatIsBuiltInDoesNotEndAScriptEither) {
  for (const std::string_view script : report_scripts()) {
    EXPECT_FALSE(script.empty());
    EXPECT_EQ(script.find("</script"), std::string_view::npos);
  }
  EXPECT_EQ(plotly().find("</script"), std::string_view::npos);
  EXPECT_EQ(plotly().find("<!--"), std::string_view::npos);
  EXPECT_EQ(draws_figures(), !plotly().empty());
}

TEST(Page, ThinsLargeFiguresAndSaysSo) {
  MadeExperiment made({range("x", 0.0, 1.0)});
  Trace trace{.kind = Trace::Kind::points, .name = "trials"};
  for (int i = 0; i < 10000; ++i) {
    trace.x.push_back(i);
    trace.y.push_back(i == 1234 ? -1.0 : std::sin(i));
    trace.labels.push_back(std::to_string(i));
  }
  Card card{.name = "big"};
  card.figures.push_back({.title = "big", .traces = {trace}});

  const json drawn = data_of(report_page(*made, {card}, TimePoint{}))["cards"][0]["figures"][0];
  const json whole = json::parse(cards_json(*made, {card}, TimePoint{}))["cards"][0]["figures"][0];

  const json& kept = drawn["traces"][0];
  EXPECT_EQ(drawn["points"], 10000);
  EXPECT_EQ(drawn["shown"], kept["x"].size());
  EXPECT_LE(kept["x"].size(), 4000U);
  EXPECT_EQ(kept["labels"].size(), kept["x"].size());
  EXPECT_THAT(kept["labels"], testing::Contains("1234"));
  EXPECT_EQ(whole["traces"][0]["y"].size(), 10000U);
  EXPECT_FALSE(whole.contains("points"));
}

TEST(Page, WhatIsMarkedIsNeverThinned) {
  MadeExperiment made({range("x", 0.0, 1.0)});
  Trace others{.kind = Trace::Kind::points, .name = "trials"}, front{.kind = Trace::Kind::points, .name = "front"};
  for (int i = 0; i < 10000; ++i) {
    Trace& trace = i % 10 == 0 ? front : others;
    trace.x.push_back(i);
    trace.y.push_back(std::sin(i));
    if (i % 10 == 0) trace.marks.push_back(std::to_string(i));
  }
  Card card{.name = "big"};
  card.figures.push_back({.title = "big", .traces = {others, front}});

  const json drawn = data_of(report_page(*made, {card}, TimePoint{}))["cards"][0]["figures"][0];

  EXPECT_LE(drawn["traces"][0]["x"].size(), 4000U);
  EXPECT_EQ(drawn["traces"][1]["x"].size(), 1000U);
  EXPECT_EQ(drawn["traces"][1]["marks"].size(), 1000U);
}

TEST(Page, ALabelOfManyPointsIsInItOnce) {
  MadeExperiment made({range("x", 0.0, 1.0)});
  Card card{.name = "curves"};
  const Trace curves{.kind = Trace::Kind::line,
                     .name = "trials",
                     .x = {1, 2, 3, 3, 1, 2},
                     .y = {1, 1, 1, std::nan(""), 2, 2},
                     .labels = {"trial 1", "trial 1", "trial 1", "", "trial 2", "trial 2"}};
  card.figures.push_back({.title = "curves", .traces = {curves}});

  const json page = data_of(report_page(*made, {card}, TimePoint{}))["cards"][0]["figures"][0]["traces"][0];
  const json whole = json::parse(cards_json(*made, {card}, TimePoint{}))["cards"][0]["figures"][0]["traces"][0];

  EXPECT_EQ(page["labels"], json({"trial 1", 0, 0, "", "trial 2", 0}));
  EXPECT_EQ(whole["labels"], json(curves.labels)) << "for programs";
}

TEST(Thinned, KeepsTheEndsAndTheExtremes) {
  std::vector<double> y(100, 0.5);
  y[37] = std::nan("");
  y[41] = -1.0;
  y[73] = 2.0;

  EXPECT_THAT(thinned(100, y, 4), ElementsAre(0, 41, 73, 99));
  EXPECT_THAT(thinned(3, {}, 4), ElementsAre(0, 1, 2));
  EXPECT_THAT(thinned(5, {}, 0), ElementsAre(0, 4));
  EXPECT_LE(thinned(100, y, 20).size(), 20U);
  EXPECT_GE(thinned(100, y, 20).size(), 18U);
}

TEST(Json, HasTheCardsOfARealExperiment) {
  MadeExperiment made({range("x", 0.0, 1.0), range("lr", 1e-5, 1e-1, {.log_scale = true})});
  made.sample(12, [](const Parameterization& p) { return p.number("x"); });

  const json document = json::parse(cards_json(*made, compute_all(*made), TimePoint{}));

  EXPECT_EQ(document["name"], "made");
  EXPECT_EQ(document["trials"]["completed"], 12);
  for (const json& card : document["cards"]) {
    for (const json& row : card["rows"]) EXPECT_EQ(row.size(), card["columns"].size()) << card["name"];
  }
}

}  // namespace
}  // namespace stune::analysis
