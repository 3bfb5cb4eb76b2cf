#include "analysis/report_data.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include "storage/json_writer.hpp"

namespace stune::analysis {

namespace {

constexpr const char* kind_names[] = {"line", "step", "points", "band", "bars", "spans", "map", "parallel"};

/// Which points of a trace are written: all, or some.
using Chosen = std::optional<std::vector<std::size_t>>;

/// How many could be left out one by one; what is joined to others is not among them, nor what is marked.
std::size_t points_of(const Trace& trace) {
  if (!trace.marks.empty()) return 0;
  switch (trace.kind) {
    case Trace::Kind::points:
    case Trace::Kind::bars:
      return trace.x.size();
    case Trace::Kind::parallel:
      return trace.columns.empty() ? 0 : trace.columns[0].size();
    case Trace::Kind::spans:
      return trace.low.size();
    default:
      return 0;
  }
}

class CardWriter {
 public:
  CardWriter(json::Writer& out, const Detail& detail) : out_(out), detail_(detail) {}

  void card(const Card& card) {
    out_.begin_object();
    text("name", card.name);
    text("title", card.title);
    text("text", card.text);
    texts("columns", card.columns);
    out_.key("rows");
    out_.begin_array();
    for (const auto& row : card.rows) {
      out_.begin_array();
      for (const Value& value : row) cell(value);
      out_.end_array();
    }
    out_.end_array();
    out_.key("figures");
    out_.begin_array();
    for (const Figure& one : card.figures) figure(one);
    out_.end_array();
    out_.end_object();
  }

 private:
  void text(const char* name, const std::string& value) {
    out_.key(name);
    out_.text(value);
  }

  void texts(const char* name, const std::vector<std::string>& values) {
    out_.key(name);
    out_.begin_array();
    for (const std::string& value : values) out_.text(value);
    out_.end_array();
  }

  void cell(const Value& value) {
    if (const auto* number = std::get_if<double>(&value)) return out_.rounded(*number, 17);
    if (const auto* whole = std::get_if<std::int64_t>(&value)) return out_.integer(*whole);
    if (const auto* flag = std::get_if<bool>(&value)) return out_.flag(*flag);
    out_.text(std::get<std::string>(value));
  }

  void array(const std::vector<double>& values, const Chosen& chosen) {
    out_.begin_array();
    const bool some = chosen && chosen->size() < values.size();
    const std::size_t count = some ? chosen->size() : values.size();
    for (std::size_t i = 0; i < count; ++i) out_.rounded(values[some ? (*chosen)[i] : i], detail_.figure_digits);
    out_.end_array();
  }

  void numbers(const char* name, const std::vector<double>& values, const Chosen& chosen) {
    if (values.empty()) return;
    out_.key(name);
    array(values, chosen);
  }

  void axis(const FigureAxis& axis) {
    out_.begin_object();
    text("title", axis.title);
    out_.key("log");
    out_.flag(axis.log);
    texts("categories", axis.categories);
    out_.end_object();
  }

  void trace(const Trace& trace, const Chosen& chosen) {
    out_.begin_object();
    text("kind", kind_names[static_cast<std::size_t>(trace.kind)]);
    text("name", trace.name);
    numbers("x", trace.x, chosen);
    numbers("y", trace.y, chosen);
    numbers("low", trace.low, chosen);
    numbers("high", trace.high, chosen);
    numbers("z", trace.z, chosen);
    if (!trace.columns.empty()) {
      out_.key("columns");
      out_.begin_array();
      for (const auto& column : trace.columns) array(column, chosen);
      out_.end_array();
    }
    if (!trace.labels.empty()) labels(trace.labels, chosen);
    if (!trace.marks.empty()) texts("marks", trace.marks);
    out_.end_object();
  }

  void labels(const std::vector<std::string>& all, const Chosen& chosen) {
    out_.key("labels");
    out_.begin_array();
    const bool some = chosen && chosen->size() < all.size();
    const std::size_t count = some ? chosen->size() : all.size();
    const std::string* before = nullptr;
    for (std::size_t i = 0; i < count; ++i) {
      const std::string& label = all[some ? (*chosen)[i] : i];
      if (detail_.labels_once && before && *before == label) {
        out_.integer(0);
      } else {
        out_.text(label);
      }
      before = &label;
    }
    out_.end_array();
  }

  /// The points that the figure can show are shared out among its traces by their sizes.
  void traces(const Figure& figure) {
    std::size_t all = 0;
    std::size_t shown = 0;
    for (const Trace& one : figure.traces) all += points_of(one);
    const double part = static_cast<double>(detail_.figure_points) / static_cast<double>(std::max<std::size_t>(all, 1));
    out_.key("traces");
    out_.begin_array();
    for (const Trace& one : figure.traces) {
      const std::size_t count = points_of(one);
      Chosen chosen;
      if (part < 1.0 && count > 0) {
        chosen = thinned(count, one.y, static_cast<std::size_t>(part * static_cast<double>(count)));
      }
      shown += chosen ? chosen->size() : count;
      trace(one, chosen);
    }
    out_.end_array();
    if (shown == all) return;
    out_.key("shown");
    out_.natural(shown);
    out_.key("points");
    out_.natural(all);
  }

  void figure(const Figure& figure) {
    out_.begin_object();
    text("title", figure.title);
    text("look_for", figure.look_for);
    out_.key("x");
    axis(figure.x);
    out_.key("y");
    axis(figure.y);
    text("colour", figure.colour);
    out_.key("axes");
    out_.begin_array();
    for (const FigureAxis& one : figure.axes) axis(one);
    out_.end_array();
    traces(figure);
    out_.end_object();
  }

  json::Writer& out_;
  const Detail& detail_;
};

}  // namespace

std::vector<std::size_t> thinned(std::size_t count, const std::vector<double>& y, std::size_t most) {
  std::vector<std::size_t> chosen;
  if (count <= std::max<std::size_t>(most, 4)) {
    for (std::size_t i = 0; i < count; ++i) chosen.push_back(i);
    return chosen;
  }
  std::size_t lowest = 0;
  std::size_t highest = 0;
  for (std::size_t i = 0; i < std::min(count, y.size()); ++i) {
    if (!(y[i] >= y[lowest])) lowest = std::isnan(y[i]) ? lowest : i;
    if (!(y[i] <= y[highest])) highest = std::isnan(y[i]) ? highest : i;
  }
  chosen = {0, count - 1, lowest, highest};
  const std::size_t even = std::max<std::size_t>(most, 4) - 4;
  for (std::size_t i = 1; i <= even; ++i) chosen.push_back(i * (count - 1) / (even + 1));
  std::ranges::sort(chosen);
  chosen.erase(std::unique(chosen.begin(), chosen.end()), chosen.end());
  return chosen;
}

void write_cards(json::Writer& out, const std::vector<Card>& cards, const Detail& detail) {
  CardWriter writer(out, detail);
  out.begin_array();
  for (const Card& card : cards) writer.card(card);
  out.end_array();
}

}  // namespace stune::analysis
