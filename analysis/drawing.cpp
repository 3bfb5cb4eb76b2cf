#include "analysis/drawing.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "experiment/coordinate.hpp"

namespace stune::analysis {
namespace {

bool is_number(const Parameter& p) { return p.kind == ParameterKind::real || p.kind == ParameterKind::integer; }

bool is_empty(const Value& value) {
  const auto* text = std::get_if<std::string>(&value);
  return text && text->empty();
}

std::string with_commas(std::size_t count) {
  const std::string digits = std::to_string(count);
  std::string text;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % 3 == 0) text += ',';
    text += digits[i];
  }
  return text;
}

}  // namespace

FigureAxis axis_of(const Parameter& parameter) {
  FigureAxis axis{parameter.name, is_number(parameter) && parameter.log_scale, {}};
  if (parameter.kind == ParameterKind::boolean) axis.categories = {"false", "true"};
  if (!is_number(parameter)) {
    for (const Value& value : parameter.values) axis.categories.push_back(to_string(value));
  }
  return axis;
}

double position(const Parameter& parameter, const Value& value) {
  if (is_number(parameter)) return to_number(value);
  if (parameter.kind == ParameterKind::boolean) return std::get<bool>(value) ? 1.0 : 0.0;
  return static_cast<double>(std::ranges::find(parameter.values, value) - parameter.values.begin());
}

Value value_at(const SearchSpace& space, std::size_t tuned, double u) {
  return from_coordinate(space.tuned(tuned), space.axes()[tuned], u);
}

std::vector<std::size_t> thin(std::size_t count, std::size_t most) {
  std::vector<std::size_t> chosen;
  const std::size_t kept = std::min(count, most);
  for (std::size_t i = 0; i < kept; ++i) chosen.push_back(kept == 1 ? 0 : i * (count - 1) / (kept - 1));
  return chosen;
}

std::vector<std::size_t> corners(const std::vector<double>& values) {
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i == 0 || i + 1 == values.size() || values[i] != values[i - 1]) places.push_back(i);
  }
  return places;
}

std::vector<const Trial*> drawn(const Subject& subject, std::size_t most) {
  std::vector<const Trial*> trials;
  if (subject.measured.size() <= most) return subject.measured;
  for (const std::size_t i : thin(subject.measured.size(), most)) trials.push_back(subject.measured[i]);
  for (const int best : {subject.experiment.best_observed(), subject.best->trial}) {
    if (best < 0) continue;
    const auto place = std::ranges::lower_bound(trials, best, {}, &Trial::index);
    if (place == trials.end() || (*place)->index != best) trials.insert(place, &subject.experiment.trial(best));
  }
  return trials;
}

std::string label(const Subject& subject, const Trial& trial) {
  const auto value = subject.value(trial);
  return concat({"trial ", std::to_string(trial.index), value ? ": " : "", value ? brief(*value) : ""});
}

std::string thinned_note(std::size_t drawn, std::size_t of, const std::string& what) {
  if (drawn >= of) return {};
  return concat({" ", with_commas(drawn), " of ", with_commas(of), " ", what, " are drawn."});
}

std::string model_note(const Subject& subject) {
  const std::size_t used = subject.surrogate ? subject.surrogate->trials().size() : subject.measured.size();
  if (used >= subject.measured.size()) return {};
  return concat(
      {" The model is made from ", with_commas(used), " of ", with_commas(subject.measured.size()), " trials."});
}

TimeUnit unit_for(Seconds longest) {
  if (longest < Seconds{600}) return {1.0, "s"};
  if (longest < Seconds{36000}) return {60.0, "min"};
  if (longest < Seconds{4 * 86400}) return {3600.0, "h"};
  return {86400.0, "d"};
}

double in(const TimeUnit& unit, Seconds time) { return time.count() / unit.seconds; }

std::string time_text(double seconds) {
  const TimeUnit unit = unit_for(Seconds{seconds});
  return concat({brief(in(unit, Seconds{seconds})), " ", unit.name});
}

std::string concat(std::initializer_list<std::string_view> parts) {
  std::string text;
  for (const std::string_view part : parts) text += part;
  return text;
}

std::string brief(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.4g", value);
  return text;
}

std::string percent(double share) {
  char text[32];
  std::snprintf(text, sizeof text, "%.0f %%", 100.0 * share);
  return text;
}

std::string counted(std::size_t count, const std::string& noun) {
  return concat({with_commas(count), " ", noun, count == 1 ? "" : "s"});
}

std::string in_words(std::string name) {
  std::ranges::replace(name, '_', ' ');
  return name;
}

Value cell(std::optional<double> value) {
  if (!value || std::isnan(*value)) return std::string();
  return *value;
}

void drop_empty_columns(Card& card) {
  if (card.rows.empty()) return;
  for (std::size_t i = card.columns.size(); i-- > 0;) {
    if (!std::ranges::all_of(card.rows, [&](const auto& row) { return is_empty(row[i]); })) continue;
    const auto at = static_cast<std::ptrdiff_t>(i);
    card.columns.erase(card.columns.begin() + at);
    for (auto& row : card.rows) row.erase(row.begin() + at);
  }
}

}  // namespace stune::analysis
