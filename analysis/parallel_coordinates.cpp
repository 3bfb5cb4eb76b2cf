#include "analysis/analyses.hpp"
#include "analysis/drawing.hpp"

namespace stune::analysis {

Card draw_parallel_coordinates(const Subject& subject) {
  const std::string& metric = subject.objective().metric;
  Card card{"Parallel coordinates", "All parameters at once", {}, {}, {}, {}};
  if (subject.measured.empty()) return card;
  const std::vector<const Trial*> trials = drawn(subject);
  card.text =
      "Each line is a trial, coloured by " + metric + "." + thinned_note(trials.size(), subject.measured.size());
  Figure figure;
  figure.title = card.title;
  figure.look_for =
      "Where lines of good trials meet on an axis: that parameter decides; where they are spread, it does not.";
  figure.colour = metric;
  figure.traces.push_back({Trace::Kind::parallel, "trials"});
  Trace& lines = figure.traces.back();
  for (std::size_t k = 0; k < subject.space().dimension(); ++k) {
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
