#include "generation/fitting.hpp"

#include "generation/believing.hpp"

namespace stune::generation {

namespace {

constexpr Eigen::Index always_refitted = 100;   // up to so many outcomes every new one refits
constexpr double surprise = 4.0;                // an outcome so many standard deviations away does so later, too,
constexpr Eigen::Index between_surprises = 50;  // but not before there are so much more, as a part of all

constexpr int few_iterations = 10;   // of a fit that starts close to its end
constexpr int some_iterations = 30;  // of one that serves a single proposal
constexpr Eigen::Index fitted_in_haste = 256;

// The second start of a fit costs most of a proposal, and is needed now and then only: always while it is cheap, then
// for two fits of four, then for two of twenty. Over time that meets every outcome transform.
bool wants_default_start(Eigen::Index outcomes, std::int64_t fits) {
  if (outcomes <= 60) return true;
  return fits % (outcomes <= 150 ? 4 : 20) < 2;
}

model::Warp warp_of_next_fit(const Knowledge& known, const ProposalOptions& options) {
  if (noise_ratio(known) > model::noisy_ratio) return model::Warp::winsorized;
  // Neither is best everywhere, so they take turns: what one cannot see the other does. The first is the better one for
  // most functions (with every second turn instead, Cosine8 after 60 trials 0.30 instead of 0.15, Rosenbrock4 after 40
  // 15 instead of 7).
  return options.fits % 3 == 1 ? model::Warp::yeo_johnson : model::Warp::half_rank_log;
}

bool refit_is_due(const Knowledge& known, Haste haste) {
  const Eigen::Index n = known.measured.y.size();
  return n <= always_refitted || (haste == Haste::great ? 5 * n >= 6 * known.base : 20 * n >= 21 * known.base);
}

// With the last fit as it is, or nothing where a new one is wanted.
std::optional<model::Regression> with_last_fit(const model::FeatureMap& map, const Knowledge& known,
                                               const ProposalOptions& options, model::KeptCovariance& kept) {
  if (options.refit == Refit::always || !known.warm_start) return std::nullopt;
  if (options.refit == Refit::when_due && refit_is_due(known, options.haste)) return std::nullopt;
  model::RegressionOptions asked;
  asked.warp = known.warp;
  asked.warm_start = known.warm_start;
  asked.refit = false;
  asked.base = known.base;
  auto regression = model::Regression::make(map, known.measured, asked, &kept);
  const bool may_be_surprised = options.haste != Haste::great &&
                                between_surprises * known.measured.y.size() >= (between_surprises + 1) * known.base;
  if (regression && options.refit == Refit::when_due && may_be_surprised && regression->largest_surprise() > surprise) {
    return std::nullopt;
  }
  return regression;
}

model::FitOptions fit_options(const Knowledge& known, const ProposalOptions& options, Extent extent) {
  model::FitOptions fit;
  if (extent == Extent::overview) {
    fit.max_iterations = some_iterations;
  } else if (extent == Extent::neighbourhood && known.warm_start) {
    fit.default_start = fit.quiet_start = false;
    fit.max_iterations = few_iterations;
  } else {
    fit.default_start = wants_default_start(known.measured.y.size(), options.fits);
    fit.quiet_start = fit.default_start || known.measured.y.size() <= always_refitted;
  }
  return fit;
}

}  // namespace

double noise_ratio(const Knowledge& known) {
  return model::noise_ratio(known.measured, known.warp, known.warm_start.value_or(model::Hyperparameters{}));
}

Fitted fitted(const model::FeatureMap& map, const Knowledge& known, const ProposalOptions& options, Extent extent,
              model::KeptCovariance& kept) {
  if (auto last = with_last_fit(map, known, options, kept)) return {std::move(last), known.warp, false};
  model::RegressionOptions asked;
  asked.warp = warp_of_next_fit(known, options);
  asked.warm_start = known.warm_start;
  asked.fit = fit_options(known, options, extent);
  if (known.pending.rows() >= many_pending || options.haste != Haste::none) asked.largest_fit = fitted_in_haste;
  return {model::Regression::make(map, known.measured, asked, &kept), asked.warp, true};
}

}  // namespace stune::generation
