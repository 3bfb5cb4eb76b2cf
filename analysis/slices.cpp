#include <algorithm>
#include <cmath>

#include "analysis/analyses.hpp"
#include "analysis/drawing.hpp"

namespace stune::analysis {
namespace {

constexpr std::size_t most_slices = 8;
constexpr std::size_t most_contour_parameters = 3;
constexpr std::size_t line_points = 61;
constexpr std::size_t map_points = 25;
constexpr std::size_t rows_of_a_slice = 11;

/// Coordinates of valid values of a tuned parameter, ascending: all of them or about `most`.
std::vector<double> places(const SearchSpace& space, std::size_t tuned, std::size_t most) {
  const Axis& axis = space.axes()[tuned];
  std::vector<double> all;
  if (axis.kind == Axis::Kind::categories) {
    for (int code = 0; code < axis.count; ++code) all.push_back(code);
    return all;
  }
  if (axis.kind == Axis::Kind::grid) {
    for (const std::size_t k : thin(static_cast<std::size_t>(axis.grid.count), most)) {
      all.push_back(axis.grid.coordinate(static_cast<std::int64_t>(k)));
    }
    return all;
  }
  for (std::size_t i = 0; i < most; ++i) {
    const double u = static_cast<double>(i) / static_cast<double>(most - 1);
    all.push_back(space.encode(space.decode(std::vector<double>(space.dimension(), u)))[tuned]);
  }
  return all;
}

double drawn_at(const SearchSpace& space, std::size_t tuned, double u) {
  return position(space.tuned(tuned), value_at(space, tuned, u));
}

std::vector<double> centre(const Subject& subject) {
  return subject.space().encode(subject.experiment.trial(subject.best->trial).parameters);
}

std::string others_text(const Subject& subject) {
  return concat(
      {"All other parameters are as in trial ", std::to_string(subject.best->trial), ", the best by the model."});
}

std::string why_no_slices(const Subject& subject) {
  return subject.surrogate ? "The model is constant: there is nothing to see." : "A model needs two completed trials.";
}

Trace observations(const Subject& subject, const std::vector<const Trial*>& trials, std::size_t x,
                   std::optional<std::size_t> y) {
  Trace points{Trace::Kind::points, "trials"};
  const auto at = [&](std::size_t tuned, const Trial& trial) {
    const Parameter& parameter = subject.space().tuned(tuned);
    return position(parameter, trial.parameters.at(parameter.name));
  };
  for (const Trial* trial : trials) {
    points.x.push_back(at(x, *trial));
    points.y.push_back(y ? at(*y, *trial) : *subject.value(*trial));
    points.labels.push_back(label(subject, *trial));
  }
  return points;
}

/// Of the model where one parameter is changed.
struct Slice {
  std::size_t tuned = 0;
  std::vector<double> along;  ///< coordinates of that parameter
  std::vector<Belief> beliefs;
};

Slice slice_along(const Subject& subject, std::size_t tuned) {
  Slice slice{tuned, places(subject.space(), tuned, line_points), {}};
  std::vector<double> points;
  for (const double u : slice.along) {
    std::vector<double> x = centre(subject);
    x[tuned] = u;
    points.insert(points.end(), x.begin(), x.end());
  }
  slice.beliefs = subject.surrogate->predict_encoded(points);
  return slice;
}

void add_rows(Card& card, const SearchSpace& space, const Slice& slice) {
  for (const std::size_t i : thin(slice.along.size(), rows_of_a_slice)) {
    const Belief& belief = slice.beliefs[i];
    card.rows.push_back({space.tuned(slice.tuned).name, value_at(space, slice.tuned, slice.along[i]), belief.mean,
                         belief.low, belief.high});
  }
}

Figure draw(const Subject& subject, const Slice& slice) {
  const SearchSpace& space = subject.space();
  const auto& [tuned, along, beliefs] = slice;
  const bool names = !axis_of(space.tuned(tuned)).categories.empty();
  Trace mean{names ? Trace::Kind::points : Trace::Kind::line, "predicted"}, band{Trace::Kind::band, "95 %"};
  for (std::size_t i = 0; i < along.size(); ++i) {
    mean.x.push_back(drawn_at(space, tuned, along[i]));
    mean.y.push_back(beliefs[i].mean);
    band.low.push_back(beliefs[i].low);
    band.high.push_back(beliefs[i].high);
  }
  Figure figure;
  figure.title = concat({subject.objective().metric, " along ", space.tuned(tuned).name});
  figure.look_for =
      names ? "Points that lie apart by more than the length of their bars: there the choice matters."
            : "The height of the curve against the width of the band: where the band is wide, nothing is known yet.";
  figure.x = axis_of(space.tuned(tuned));
  figure.y.title = subject.objective().metric;
  figure.traces.push_back(observations(subject, drawn(subject, 500), tuned, {}));
  if (names) {
    mean.low = std::move(band.low);
    mean.high = std::move(band.high);
  } else {
    band.x = mean.x;
    figure.traces.insert(figure.traces.begin(), std::move(band));
  }
  figure.traces.push_back(std::move(mean));
  return figure;
}

/// Mean and standard error over two parameters.
void add_contours(Card& card, const Subject& subject, std::size_t first, std::size_t second) {
  const SearchSpace& space = subject.space();
  const std::vector<double> us = places(space, first, map_points), vs = places(space, second, map_points);
  std::vector<double> points;
  for (const double v : vs) {
    for (const double u : us) {
      std::vector<double> x = centre(subject);
      x[first] = u;
      x[second] = v;
      points.insert(points.end(), x.begin(), x.end());
    }
  }
  Trace mean{Trace::Kind::map, "predicted"};
  for (const double u : us) mean.x.push_back(drawn_at(space, first, u));
  for (const double v : vs) mean.y.push_back(drawn_at(space, second, v));
  Trace error = mean;
  error.name = "standard error";
  for (const Belief& belief : subject.surrogate->predict_encoded(points)) {
    mean.z.push_back(belief.mean);
    error.z.push_back(belief.sem);
  }
  const std::string &a = space.tuned(first).name, &b = space.tuned(second).name, &metric = subject.objective().metric;
  Figure figure;
  figure.title = concat({metric, " over ", a, " and ", b});
  figure.look_for = "Ridges that run slantwise: there the two must be changed together.";
  figure.x = axis_of(space.tuned(first));
  figure.y = axis_of(space.tuned(second));
  figure.colour = metric;
  figure.traces = {std::move(mean), observations(subject, drawn(subject, 500), first, second)};
  Figure doubt = figure;
  doubt.title = concat({"Standard error of ", metric, " over ", a, " and ", b});
  doubt.look_for = "Where it is large no trial has been near: the model guesses there.";
  doubt.colour = "standard error";
  doubt.traces.front() = std::move(error);
  card.figures.push_back(std::move(figure));
  card.figures.push_back(std::move(doubt));
}

}  // namespace

Card draw_slices(const Subject& subject) {
  const std::string& metric = subject.objective().metric;
  Card card{"Slices", concat({metric, " along the parameters that matter most"}),
            {},       {"parameter", "value", concat({metric, " predicted"}), "95 % from", "95 % to"},
            {},       {}};
  if (subject.space().dimension() == 0) return card;
  if (!subject.sensitivity) {
    card.text = why_no_slices(subject);
    return card;
  }
  card.text = concat({"What the model predicts, with 95 % bands. ", others_text(subject), model_note(subject)});
  const std::vector<std::size_t>& order = subject.sensitivity->order;
  const std::size_t count = std::min(order.size(), most_slices);
  for (std::size_t k = 0; k < count; ++k) {
    const Slice slice = slice_along(subject, order[k]);
    add_rows(card, subject.space(), slice);
    card.figures.push_back(draw(subject, slice));
  }
  card.text += thinned_note(count, order.size(), "parameters");
  return card;
}

Card draw_contours(const Subject& subject) {
  Card card{"Contours", concat({subject.objective().metric, " over pairs of the parameters that matter most"}),
            {},         {},
            {},         {}};
  if (subject.space().dimension() < 2) return card;
  if (!subject.sensitivity) {
    card.text = why_no_slices(subject);
    return card;
  }
  card.text = concat({"What the model predicts, and how sure it is. ", others_text(subject), model_note(subject)});
  const std::vector<std::size_t>& order = subject.sensitivity->order;
  const std::size_t count = std::min(order.size(), most_contour_parameters);
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t j = i + 1; j < count; ++j) add_contours(card, subject, order[i], order[j]);
  }
  return card;
}

}  // namespace stune::analysis
