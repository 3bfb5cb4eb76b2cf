#include <algorithm>
#include <numeric>

#include "analysis/analyses.hpp"
#include "analysis/drawing.hpp"

namespace stune::analysis {

namespace {

constexpr std::size_t most_lines = 400;  // more are one dark area
constexpr std::size_t most_axes = 12;

/// The tuned parameters to draw: all, or those that matter most, in their order.
std::vector<std::size_t> drawn_parameters(const Subject& subject) {
  std::vector<std::size_t> chosen(subject.space().dimension());
  std::iota(chosen.begin(), chosen.end(), std::size_t{0});
  if (chosen.size() <= most_axes) return chosen;
  if (subject.sensitivity) chosen = subject.sensitivity->order;
  chosen.resize(most_axes);
  std::ranges::sort(chosen);
  return chosen;
}

}  // namespace

Card draw_parallel_coordinates(const Subject& subject) {
  const std::string& metric = subject.objective().metric;
  Card card{"Parallel coordinates", "All parameters at once", {}, {}, {}, {}};
  if (subject.measured.empty()) return card;
  const std::vector<const Trial*> trials = drawn(subject, most_lines);
  const std::vector<std::size_t> parameters = drawn_parameters(subject);
  card.text =
      concat({"Each line is a trial, coloured by ", metric, ".", thinned_note(trials.size(), subject.measured.size()),
              thinned_note(parameters.size(), subject.space().dimension(), "parameters")});
  Figure figure;
  figure.title = card.title;
  figure.look_for =
      "Where lines of good trials meet on an axis: that parameter decides; where they are spread, it does not.";
  figure.colour = metric;
  figure.traces.push_back({Trace::Kind::parallel, "trials"});
  Trace& lines = figure.traces.back();
  for (const std::size_t k : parameters) {
    const Parameter& parameter = subject.space().tuned(k);
    figure.axes.push_back(axis_of(parameter));
    lines.columns.emplace_back();
    for (const Trial* trial : trials) {
      lines.columns.back().push_back(position(parameter, trial->parameters.at(parameter.name)));
    }
  }
  for (const Trial* trial : trials) {
    lines.z.push_back(*subject.value(*trial));
    lines.labels.push_back(label(subject, *trial));
  }
  figure.axes.push_back({metric, false, {}});
  lines.columns.push_back(lines.z);
  card.figures.push_back(std::move(figure));
  return card;
}

}  // namespace stune::analysis
