#include "analysis/report.hpp"

#include <string_view>

#include "analysis/report_data.hpp"
#include "analysis/report_files.hpp"
#include "base/clock.hpp"
#include "storage/json_writer.hpp"

namespace stune::analysis {

namespace {

/// Drawn as SVG, a figure with more of them takes longer than a second.
constexpr Detail for_browsers{6, 4000, true};

/// Nothing in the page may ask for anything outside of it, whatever an experiment's names are. Plotly.js compiles
/// shaders of its own with `eval`.
constexpr std::string_view head = R"(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval'; style-src 'unsafe-inline'; img-src data: blob:">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="stune">
<link rel="icon" href="data:,">
<title>stune</title>
<style>
)";

std::string document(const Experiment& experiment, const std::vector<Card>& cards, TimePoint at, const Detail& detail) {
  std::string text;
  json::Writer out(text);
  const Definition& definition = experiment.definition();
  const Objective& objective = definition.optimization.objectives.front();
  out.begin_object();
  out.key("name");
  out.text(definition.name);
  out.key("description");
  out.text(definition.description);
  out.key("objective");
  out.begin_object();
  out.key("metric");
  out.text(objective.metric);
  out.key("minimize");
  out.flag(objective.minimize);
  out.end_object();
  out.key("at");
  out.text(to_iso(std::chrono::floor<std::chrono::seconds>(at)));
  out.key("trials");
  out.begin_object();
  out.key("wanted");
  out.integer(experiment.options().trials);
  for (const TrialStatus status : {TrialStatus::created, TrialStatus::running, TrialStatus::completed,
                                   TrialStatus::failed, TrialStatus::abandoned, TrialStatus::early_stopped}) {
    out.key(to_string(status));
    out.integer(experiment.count(status));
  }
  out.end_object();
  out.key("cards");
  write_cards(out, cards, detail);
  out.end_object();
  return text;
}

}  // namespace

bool draws_figures() { return !plotly().empty(); }

std::string safe_in_script(const std::string& json) {
  std::string safe;
  safe.reserve(json.size() + json.size() / 16);
  for (std::size_t i = 0; i < json.size(); ++i) {
    const std::string_view rest = std::string_view(json).substr(i, 3);
    if (rest[0] == '<') {
      safe += "\\u003c";
    } else if (rest[0] == '>') {
      safe += "\\u003e";
    } else if (rest[0] == '&') {
      safe += "\\u0026";
    } else if (rest == "\u2028" || rest == "\u2029") {
      safe += rest == "\u2028" ? "\\u2028" : "\\u2029";
      i += 2;
    } else {
      safe += rest[0];
    }
  }
  return safe;
}

std::string cards_json(const Experiment& experiment, const std::vector<Card>& cards, TimePoint at) {
  return document(experiment, cards, at, {}) + "\n";
}

std::string report_page(const Experiment& experiment, const std::vector<Card>& cards, TimePoint at) {
  std::string page(head);
  page += report_style();
  page += "</style>\n</head>\n<body>\n<noscript>This report needs JavaScript.</noscript>\n";
  page += "<script type=\"application/json\" id=\"stune-data\">";
  page += safe_in_script(document(experiment, cards, at, for_browsers));
  page += "</script>\n";
  if (!draws_figures()) page += "<script>var stune_without_figures = true;</script>\n";
  page += "<script>\n\"use strict\";\nconst stune = (() => {\n";
  for (const std::string_view script : report_scripts()) page += script;
  page += "return { show, draw };\n})();\nstune.show();\n</script>\n";
  if (draws_figures()) {
    page += "<script>\n";
    page += plotly();
    page += "</script>\n";
  }
  return page + "<script>\nstune.draw();\n</script>\n</body>\n</html>\n";
}

}  // namespace stune::analysis
