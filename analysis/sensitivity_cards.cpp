#include <algorithm>

#include "analysis/analyses.hpp"
#include "analysis/drawing.hpp"
#include "analysis/sensitivity.hpp"

namespace stune::analysis {
namespace {

constexpr double little = 0.01;  // an index below this is not worth a word

/// The best and the worst category, by the mean of the model over all other parameters.
std::string by_category(const Subject& subject, std::size_t tuned) {
  const SearchSpace& space = subject.space();
  constexpr int points = 512;
  std::vector<std::pair<double, std::string>> means;
  for (int code = 0; code < space.axes()[tuned].count; ++code) {
    const CubeFunction at_code = [&](std::span<const double> cube) {
      std::vector<double> x = from_cube(space, cube);
      for (std::size_t i = tuned; i < x.size(); i += space.dimension()) x[i] = code;
      return subject.surrogate->means(x);
    };
    means.emplace_back(mean_over_cube(at_code, space.dimension(), points), to_string(value_at(space, tuned, code)));
  }
  std::ranges::sort(means, [&](const auto& a, const auto& b) { return subject.better(a.first, b.first); });
  return concat({means.front().second, " is best (", brief(means.front().first), " on average), ", means.back().second,
                 " worst (", brief(means.back().first), ")"});
}

/// The value of a parameter that is best on average over all others.
Value best_on_average(const Subject& subject, std::size_t tuned) {
  const SearchSpace& space = subject.space();
  constexpr int places = 21, points = 128;
  double best_u = 0.0, best = 0.0;
  for (int k = 0; k < places; ++k) {
    const double u = k / (places - 1.0);
    const CubeFunction at_u = [&](std::span<const double> cube) {
      std::vector<double> x = from_cube(space, cube);
      for (std::size_t i = tuned; i < x.size(); i += space.dimension()) x[i] = u;
      return subject.surrogate->means(x);
    };
    const double mean = mean_over_cube(at_u, space.dimension(), points);
    if (k > 0 && !subject.better(mean, best)) continue;
    best = mean;
    best_u = u;
  }
  return value_at(space, tuned, best_u);
}

std::string value_text(const Value& value) {
  const auto* number = std::get_if<double>(&value);
  return number ? brief(*number) : to_string(value);
}

std::string effect(const Subject& subject, std::size_t i) {
  const SobolIndices& indices = subject.sensitivity->indices;
  const std::string& metric = subject.objective().metric;
  if (indices.total[i].value < little) return "next to nothing";
  if (subject.space().axes()[i].kind == Axis::Kind::categories) return by_category(subject, i);
  const double straight = indices.trend[i] * indices.trend[i];
  if (indices.first[i].value < little) return "only together with others";
  if (straight < 0.5 * indices.first[i].value)
    return concat({"best around ", value_text(best_on_average(subject, i)), ", on average"});
  return concat({"more of it ", indices.trend[i] > 0 ? "raises " : "lowers ", metric});
}

Trace bars(const std::string& name, const std::vector<Index>& indices, const std::vector<std::size_t>& order) {
  Trace trace{Trace::Kind::bars, name};
  for (std::size_t k = 0; k < order.size(); ++k) {
    const Index& index = indices[order[k]];
    trace.x.push_back(index.value);
    trace.y.push_back(static_cast<double>(k));
    trace.low.push_back(index.low);
    trace.high.push_back(index.high);
  }
  return trace;
}

struct Pair {
  std::size_t i, j;  ///< tuned parameters
  Index index;
};

/// No more than the intervals allow.
std::string what_pairs_tell(const std::vector<Pair>& pairs) {
  const auto sure =
      static_cast<std::size_t>(std::ranges::count_if(pairs, [](const Pair& pair) { return pair.index.low >= little; }));
  if (sure > 0)
    return concat({std::to_string(sure), " of ", counted(pairs.size(), "pair"), " surely ", sure == 1 ? "has" : "have",
                   " more than ", percent(little), "."});
  const Pair& largest = *std::ranges::max_element(pairs, {}, [](const Pair& pair) { return pair.index.high; });
  return concat({"None of ", counted(pairs.size(), "pair"), " surely has more than ", percent(little),
                 "; none has more than ", percent(std::max(0.0, largest.index.high)), ", by the intervals."});
}

Figure draw_pairs(const SearchSpace& space, const std::vector<Pair>& pairs) {
  constexpr std::size_t most = 15;
  Figure figure;
  figure.title = pairs.size() > most ? concat({"The ", std::to_string(most), " largest pairs"}) : "Pairs";
  figure.look_for =
      "A long bar means that the best value of one parameter depends on the other: see their contour. A bar whose "
      "interval contains 0 may be nothing.";
  figure.x.title = "part of the variance";
  Trace trace{Trace::Kind::bars, "together"};
  for (const Pair& pair : std::span(pairs).first(std::min(pairs.size(), most))) {
    trace.y.push_back(static_cast<double>(figure.y.categories.size()));
    figure.y.categories.push_back(concat({space.tuned(pair.i).name, " and ", space.tuned(pair.j).name}));
    trace.x.push_back(pair.index.value);
    trace.low.push_back(pair.index.low);
    trace.high.push_back(pair.index.high);
  }
  figure.traces.push_back(std::move(trace));
  return figure;
}

std::string why_no_indices(const Subject& subject) {
  if (!subject.surrogate) return "A model needs two completed trials.";
  return "The model is constant: as far as it can tell, no parameter matters.";
}

std::string how_sure(const Subject& subject) {
  const double share = subject.sensitivity->doubt;
  const char* verdict = share > 0.5   ? ": take this as a first guess"
                        : share > 0.2 ? ": believe the order of the long bars"
                                      : "";
  return concat({" The model's own doubt over the whole space, which the intervals do not contain, is ", percent(share),
                 " of all variance", verdict, "."});
}

}  // namespace

Card show_sensitivity(const Subject& subject) {
  const std::string& metric = subject.objective().metric;
  Card card{
      "Sensitivity",
      "What matters",
      {},
      {"parameter", "effect", "alone", "alone from", "alone to", "with others", "with others from", "with others to"},
      {},
      {}};
  if (subject.space().dimension() == 0) return card;
  if (!subject.sensitivity) {
    card.text = why_no_indices(subject);
    return card;
  }
  const SobolIndices& indices = subject.sensitivity->indices;
  const std::vector<std::size_t>& order = subject.sensitivity->order;
  card.text = concat(
      {"Parts of the variance of ", metric, " over the whole search space that are due to each parameter, by the model",
       " (Sobol indices from ", counted(static_cast<std::size_t>(subject.sensitivity->samples), "sample"),
       " with 95 % intervals).", model_note(subject), how_sure(subject)});
  Figure figure;
  figure.title = concat({"Parts of the variance of ", metric});
  figure.look_for =
      "Short bars belong to parameters that can be fixed; where \"with others\" is much longer than \"alone\", "
      "parameters must be tuned together.";
  figure.x.title = "part of the variance";
  for (const std::size_t i : order) {
    const std::string& name = subject.space().tuned(i).name;
    const Index &first = indices.first[i], &total = indices.total[i];
    figure.y.categories.push_back(name);
    card.rows.push_back(
        {name, effect(subject, i), first.value, first.low, first.high, total.value, total.low, total.high});
  }
  figure.traces = {bars("alone", indices.first, order), bars("with others", indices.total, order)};
  for (Trace& trace : figure.traces) {
    for (std::size_t k = 0; k < order.size(); ++k)
      trace.labels.push_back(concat({trace.name, ": ", std::get<std::string>(card.rows[k][1])}));
  }
  card.figures.push_back(std::move(figure));
  return card;
}

Card show_interactions(const Subject& subject) {
  Card card{"Interactions", "What matters together", {}, {"parameter", "and", "together", "from", "to"}, {}, {}};
  const SearchSpace& space = subject.space();
  const std::size_t d = space.dimension();
  if (!subject.sensitivity || d < 2) return card;
  const std::vector<Index>& indices = subject.sensitivity->indices.second;
  if (indices.empty()) {
    card.text = concat({counted(d, "parameter"), " make ", counted(d * (d - 1) / 2, "pair"),
                        ": too many to look at each. Which parameters depend on others shows above, where \"with "
                        "others\" is much larger than \"alone\"."});
    return card;
  }
  std::vector<Pair> pairs;
  for (std::size_t i = 0, next = 0; i < d; ++i) {
    for (std::size_t j = i + 1; j < d; ++j) pairs.push_back({i, j, indices[next++]});
  }
  std::ranges::stable_sort(pairs, std::ranges::greater{}, [](const Pair& pair) { return pair.index.value; });
  card.text =
      concat({"Parts of the variance, by the model, that two parameters have together, beyond what each has "
              "alone. ",
              what_pairs_tell(pairs)});
  for (const Pair& pair : pairs) {
    card.rows.push_back(
        {space.tuned(pair.i).name, space.tuned(pair.j).name, pair.index.value, pair.index.low, pair.index.high});
  }
  card.figures.push_back(draw_pairs(space, pairs));
  return card;
}

}  // namespace stune::analysis
