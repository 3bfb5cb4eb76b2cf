/// \file From what is known to the next point: numbers in, numbers out. Equal arguments give equal results, with or
/// without what is kept from earlier ones.
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <optional>
#include <vector>

#include "generation/acquisition_optimizer.hpp"
#include "generation/domain.hpp"
#include "generation/haste.hpp"
#include "model/kept_covariance.hpp"
#include "model/regression.hpp"

namespace stune::generation {

/// What a proposal is made from. Outcomes are in max-form; not finite means that the trial failed.
struct Knowledge {
  model::Measurements measured;  ///< completed and failed trials: those known to the last fit, then in order of ending
  Eigen::MatrixXd pending;       ///< points of trials still without outcome; p x d, may be empty
  std::optional<model::Hyperparameters> warm_start = std::nullopt;  ///< of the last fit
  model::Warp warp = model::Warp::half_rank_log;                    ///< of the last fit
  Eigen::Index base = 0;                                            ///< how many measurements the last fit knew
  /// When each measured and each pending trial was created, increasing with time. May both be empty: in that order.
  std::vector<std::int64_t> measured_trial = {}, pending_trial = {};
  Eigen::MatrixXd withdrawn = {};  ///< points that say nothing and are not wanted again; rows, or empty
};

/// Factors kept from one proposal of an experiment to the next.
struct Kept {
  model::KeptCovariance measured;  ///< of the points with outcome
  model::KeptCovariance all;       ///< and of those pending, in the order of the trials
};

enum class Refit : std::uint8_t {
  always,
  when_due,  ///< while there are few outcomes; then when they are a twentieth more, or one was a surprise
  never      ///< the warm start is used as it is, if there is one
};

struct ProposalOptions {
  std::uint64_t stream = 0;  ///< all randomness follows from it; another one for every trial
  std::int64_t fits = 0;     ///< so many there were: outcome transforms take turns with each
  Eigen::Index count = 1;  ///< so many points are wanted at most; the others come at little more than the price of one
  Refit refit = Refit::always;
  Haste haste = Haste::none;
  AcquisitionOptimizerOptions optimizer = {};
};

enum class ProposalOrigin : std::uint8_t {
  model,         ///< chosen by what the model expects
  quasi_random,  ///< the model could not be used; see fallback
  exhausted      ///< the domain is finite and used up: there is no point
};

enum class Fallback : std::uint8_t {
  none,
  too_few_outcomes,  ///< fewer than two finite ones
  no_model,          ///< no covariance could be factorized
  equal_outcomes,    ///< all finite ones are the same
  no_value           ///< the acquisition has no finite value anywhere
};

/// One sentence without a full stop, for people.
const char* describe(Fallback fallback);

struct Proposal {
  ProposalOrigin origin = ProposalOrigin::exhausted;
  Fallback fallback = Fallback::none;
  Eigen::VectorXd point;                  ///< in the domain; empty when exhausted
  std::vector<Eigen::VectorXd> further;   ///< what to try next, each with those before it pending; see `count`
  double log_expected_improvement = 0.0;  ///< the highest that was found, not always that of the point
  model::Warp warp = model::Warp::half_rank_log;
  model::FitOutcome fit = model::FitOutcome::failed;
  std::optional<model::Hyperparameters> fitted;  ///< what was used; given back as warm start
  bool refitted = false;                         ///< `fitted` is new: to be journaled
};

/// The next point: a new one, except where there are finitely many and outcomes differ at one point (repeats.hpp).
/// About n^3 work, n^2 where `kept` knows the last fit; never blocks, never throws for the numbers given.
Proposal propose(const Domain& domain, const Knowledge& known, const ProposalOptions& options, Kept* kept = nullptr);

}  // namespace stune::generation
