/// \file What figures and tables of several analyses have in common. Pure.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/subject.hpp"
#include "stune/card.hpp"

namespace stune::analysis {

/// A figure's axis for a parameter: its scale, or the names of its values.
FigureAxis axis_of(const Parameter& parameter);
/// Where a value lies on that axis: the number, or the index of the name.
double position(const Parameter& parameter, const Value& value);
/// Value of a tuned parameter whose coordinate (SearchSpace::encode) is `u`.
Value value_at(const SearchSpace& space, std::size_t tuned, double u);

/// At most `most` of 0 .. count-1, evenly spread, with the first and the last.
std::vector<std::size_t> thin(std::size_t count, std::size_t most);
/// Places of the values that differ from the one before, and the last: all that a step line needs.
std::vector<std::size_t> corners(const std::vector<double>& values);
inline constexpr std::size_t most_points = 2000;  ///< in one figure
/// Measured trials to draw as points: about `most`, the best always among them; ascending.
std::vector<const Trial*> drawn(const Subject& subject, std::size_t most = most_points);
/// "trial 7: 0.31"
std::string label(const Subject& subject, const Trial& trial);
/// " 2,000 of 10,000 trials are drawn."; empty where all are.
std::string thinned_note(std::size_t drawn, std::size_t of, const std::string& what = "trials");

/// " The model is made from 1,000 of 10,000 trials."; empty where it is made from all, and where there is none.
std::string model_note(const Subject& subject);

/// A unit in which a span of time is a handy number.
struct TimeUnit {
  double seconds = 1.0;
  std::string name = "s";
};
TimeUnit unit_for(Seconds longest);
double in(const TimeUnit& unit, Seconds time);
/// "40 s"
std::string time_text(double seconds);

/// All parts, one after the other.
std::string concat(std::initializer_list<std::string_view> parts);
/// Four significant digits.
std::string brief(double value);
/// "12 %"
std::string percent(double share);
/// "1 trial", "2 trials"
std::string counted(std::size_t count, const std::string& noun);
/// Blanks instead of underscores.
std::string in_words(std::string name);
/// The value, or an empty text for "no value" (also for NaN).
Value cell(std::optional<double> value);
/// Removes the columns without a value in any row.
void drop_empty_columns(Card& card);

}  // namespace stune::analysis
