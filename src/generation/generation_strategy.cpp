#include "generation/generation_strategy.hpp"

#include <algorithm>
#include <cmath>
#include <exception>
#include <set>

#include "base/random.hpp"
#include "generation/domain.hpp"
#include "generation/exclusion.hpp"
#include "generation/initial_design.hpp"
#include "generation/propose.hpp"

namespace stune {
namespace {

using generation::Dimension;
using generation::Domain;
using generation::InitialDesign;

constexpr std::uint64_t sobol_stream = 1;   // of the experiment's seed
constexpr std::uint64_t trial_streams = 2;  // trial k has stream trial_streams + k
constexpr int least_observed = 2;           // outcomes that a model needs
constexpr int tries_for_a_new_point = 100;  // in a nearly used up grid, before the space is searched in order

Domain domain_of(const SearchSpace& space) {
  Domain domain;
  for (const Axis& axis : space.axes()) {
    switch (axis.kind) {
      case Axis::Kind::continuous:
        domain.dimensions.push_back(Dimension::continuous());
        break;
      case Axis::Kind::grid:
        domain.dimensions.push_back(Dimension::grid(axis.grid));
        break;
      case Axis::Kind::categories:
        domain.dimensions.push_back(Dimension::categorical(axis.count));
        break;
    }
  }
  return domain;
}

Eigen::VectorXd to_eigen(const std::vector<double>& x) {
  return Eigen::Map<const Eigen::VectorXd>(x.data(), static_cast<Eigen::Index>(x.size()));
}

Parameterization decode(const SearchSpace& space, const Eigen::VectorXd& point) {
  return space.decode(std::span<const double>(point.data(), static_cast<std::size_t>(point.size())));
}

Eigen::MatrixXd rows(const std::vector<Eigen::VectorXd>& points, Eigen::Index dimension) {
  Eigen::MatrixXd matrix(static_cast<Eigen::Index>(points.size()), dimension);
  for (std::size_t i = 0; i < points.size(); ++i) matrix.row(static_cast<Eigen::Index>(i)) = points[i].transpose();
  return matrix;
}

/// Trials by what the model may know of them. Those that had ended when the last fit was made come first, in their
/// order; the others follow as they ended.
generation::Knowledge knowledge(const History& history, std::span<const Parameterization> assumed, Sequence fitted) {
  generation::Knowledge known;
  std::vector<std::size_t> measured;
  std::vector<Eigen::VectorXd> pending, withdrawn;
  for (std::size_t trial = 0; trial < history.points().size(); ++trial) {
    const History::Point& point = history.points()[trial];
    if (point.state == History::State::withdrawn) {
      withdrawn.push_back(to_eigen(point.x));
      continue;
    }
    if (point.state != History::State::pending) {
      measured.push_back(trial);
      continue;
    }
    pending.push_back(to_eigen(point.x));
    known.pending_trial.push_back(static_cast<std::int64_t>(trial));
  }
  const auto ended = [&](std::size_t trial) { return history.points()[trial].ended; };
  const auto later = std::stable_partition(measured.begin(), measured.end(),
                                           [&](std::size_t trial) { return ended(trial) <= fitted; });
  std::sort(later, measured.end(), [&](std::size_t a, std::size_t b) { return ended(a) < ended(b); });
  known.base = later - measured.begin();
  for (const Parameterization& p : assumed) {
    known.pending_trial.push_back(static_cast<std::int64_t>(history.points().size() + pending.size()));
    pending.push_back(to_eigen(history.space().encode(p)));
  }
  std::vector<Eigen::VectorXd> points;
  std::vector<double> y, sem;
  for (const std::size_t trial : measured) {
    const History::Point& point = history.points()[trial];
    const bool observed = point.state == History::State::observed;
    points.push_back(to_eigen(point.x));
    y.push_back(observed ? point.y : std::nan(""));
    sem.push_back(observed ? point.sem : std::nan(""));
    known.measured_trial.push_back(static_cast<std::int64_t>(trial));
  }
  const auto d = static_cast<Eigen::Index>(history.space().dimension());
  known.measured = {rows(points, d), to_eigen(y), to_eigen(sem)};
  known.pending = rows(pending, d);
  known.withdrawn = rows(withdrawn, d);
  return known;
}

// A fit as one journaled list: outcome transform, output scale, noise, mean, lengthscales.
constexpr Eigen::Index before_lengthscales = 4;

std::vector<double> to_list(model::Warp warp, const model::Hyperparameters& theta) {
  std::vector<double> list = {static_cast<double>(warp), theta.output_scale, theta.noise, theta.mean};
  list.insert(list.end(), theta.lengthscales.begin(), theta.lengthscales.end());
  return list;
}

// What cannot be a fit of this space is none.
void set_last_fit(generation::Knowledge& known, const std::vector<double>& list, Eigen::Index dimension) {
  if (static_cast<Eigen::Index>(list.size()) != before_lengthscales + dimension) return;
  known.warp = static_cast<model::Warp>(std::clamp(static_cast<int>(list[0]), 0, 2));
  known.warm_start.emplace();
  known.warm_start->output_scale = list[1];
  known.warm_start->noise = list[2];
  known.warm_start->mean = list[3];
  known.warm_start->lengthscales = to_eigen(list).tail(dimension);
}

}  // namespace

int default_initial_trials(std::size_t dimension, int wanted) {
  const int by_dimension = std::min(2 * static_cast<int>(dimension), 10);
  return std::max(5, wanted > 1 ? std::min(by_dimension, wanted / 6) : by_dimension);
}

GenerationStrategy::GenerationStrategy() : kept_(std::make_unique<generation::Kept>()) {}
GenerationStrategy::GenerationStrategy(const GenerationStrategy& other)
    : history_(other.history_), fit_(other.fit_), kept_(std::make_unique<generation::Kept>()) {}
GenerationStrategy::GenerationStrategy(GenerationStrategy&&) noexcept = default;
GenerationStrategy& GenerationStrategy::operator=(GenerationStrategy&&) noexcept = default;
GenerationStrategy::~GenerationStrategy() = default;

bool GenerationStrategy::wants_model() const {
  const Definition& d = history_.definition();
  if (d.method != "fast" || history_.space().dimension() == 0) return false;
  const int needed =
      d.initial > 0 ? d.initial : default_initial_trials(history_.space().dimension(), history_.wanted_at_first());
  return history_.observed() >= std::max(least_observed, needed);
}

Proposal GenerationStrategy::next(std::span<const Parameterization> assumed, Demand demand) {
  const std::size_t index = history_.points().size() + assumed.size();
  if (index == 0) {
    if (const auto defaults = history_.space().defaults()) {
      return {Candidate{*defaults, "Default", history_.last_evidence(), history_.last_evidence(), {}}, false, {}};
    }
  }
  if (history_.space().dimension() == 0) {
    if (index > 0) return {{}, true, {}};
    return {Candidate{history_.space().center(), "Center", history_.last_evidence(), history_.last_evidence(), {}},
            false,
            {}};
  }
  Proposal proposal;
  if (!wants_model()) proposal = initial(index, assumed, depends_on_evidence() ? 1 : demand.count);
  // Where the initial design has used up the space, the model knows whether points are worth another look.
  const bool used_up = proposal.exhausted && depends_on_evidence() && history_.observed() >= least_observed;
  if (wants_model() || used_up) proposal = from_model_or_without(index, assumed, demand);
  if (!depends_on_evidence()) {
    if (proposal.candidate) proposal.candidate->fresh_up_to = any_evidence;
    for (Candidate& further : proposal.further) further.fresh_up_to = any_evidence;
  }
  return proposal;
}

Proposal GenerationStrategy::initial(std::size_t index, std::span<const Parameterization> assumed, int count) const {
  const SearchSpace& space = history_.space();
  const Domain domain = domain_of(space);
  const bool random = history_.definition().method == "random";
  const InitialDesign design(domain, stream_seed(history_.definition().seed, sobol_stream),
                             random ? InitialDesign::Kind::random : InitialDesign::Kind::sobol);
  std::set<std::vector<double>> planned;
  for (const Parameterization& p : assumed) planned.insert(space.encode(p));
  const auto candidate = [&](Parameterization p, const char* generator) {
    planned.insert(space.encode(p));
    return Candidate{std::move(p), generator, history_.last_evidence(), history_.last_evidence(), {}};
  };
  // The user's own setting comes first: everything else moves up by one.
  const auto place = static_cast<std::int64_t>(index) - (space.defaults() ? 1 : 0);
  const auto unknown_point = [&](std::int64_t wanted) -> std::optional<Candidate> {
    for (std::int64_t tries = 0; tries < tries_for_a_new_point; ++tries) {
      // Points that exist are skipped; what replaces them comes from far along the sequence.
      const std::int64_t later = wanted + (tries << 24U);
      Parameterization p = decode(space, design.point(later));
      const std::vector<double> x = space.encode(p);
      if (history_.contains(x) || planned.contains(x)) continue;
      return candidate(std::move(p), random ? "Random" : later == 0 ? "Center" : "Sobol");
    }
    return std::nullopt;
  };
  Proposal proposal;
  proposal.candidate = unknown_point(place);
  if (!proposal.candidate) {
    std::vector<Eigen::VectorXd> taken;
    for (const History::Point& point : history_.points()) taken.push_back(to_eigen(point.x));
    for (const std::vector<double>& x : planned) taken.push_back(to_eigen(x));
    const generation::Exclusion exclusion(domain, rows(taken, domain.size()));
    if (!domain.count() || exclusion.is_everything()) return {{}, true, {}};
    proposal.candidate = candidate(decode(space, exclusion.first_left()), random ? "Random" : "Sobol");
  }
  for (int i = 1; i < count; ++i) {
    auto further = unknown_point(place + i);
    if (!further) break;
    proposal.further.push_back(*std::move(further));
  }
  return proposal;
}

Proposal GenerationStrategy::from_model_or_without(std::size_t index, std::span<const Parameterization> assumed,
                                                   Demand demand) {
  try {
    return from_model(index, assumed, demand);
  } catch (const std::exception& error) {
    kept_ = std::make_unique<generation::Kept>();
    Proposal proposal = initial(index, assumed, 1);
    proposal.notice = std::string("a quasi-random trial instead of the model's: ") + error.what();
    return proposal;
  }
}

Proposal GenerationStrategy::from_model(std::size_t index, std::span<const Parameterization> assumed, Demand demand) {
  const Domain domain = domain_of(history_.space());
  const Sequence evidence = history_.last_evidence();
  if (fit_.made_from != evidence && history_.fitted().made_from == evidence) fit_ = history_.fitted();
  const bool fitted_already = fit_.made_from == evidence && !fit_.hyperparameters.empty();
  const ModelFitted& start = fitted_already ? fit_ : history_.fitted();

  generation::Knowledge known = knowledge(history_, assumed, start.made_from);
  set_last_fit(known, start.hyperparameters, domain.size());
  generation::ProposalOptions options;
  options.stream = stream_seed(history_.definition().seed, trial_streams + index);
  options.fits = history_.fits();
  options.count = demand.count;
  options.haste = demand.haste;
  options.refit = fitted_already ? generation::Refit::never : generation::Refit::when_due;
  const generation::Proposal made = generation::propose(domain, known, options, kept_.get());

  if (made.origin == generation::ProposalOrigin::exhausted) return {{}, true, {}};
  Proposal proposal;
  proposal.candidate = Candidate{decode(history_.space(), made.point), "GP", evidence, evidence, {}};
  if (made.origin == generation::ProposalOrigin::quasi_random) {
    proposal.candidate->generator = "Sobol";
    proposal.notice = std::string("a quasi-random trial instead of the model's: ") + describe(made.fallback);
  }
  if (made.origin == generation::ProposalOrigin::model && made.fit == model::FitOutcome::failed) {
    proposal.notice =
        "the model could not be fitted to the outcomes: earlier hyperparameters, or the usual ones, are used";
  }
  for (const Eigen::VectorXd& point : made.further) {
    proposal.further.push_back(Candidate{decode(history_.space(), point), "GP", evidence, evidence, {}});
  }
  if (made.fitted && made.refitted) fit_ = {evidence, to_list(made.warp, *made.fitted)};
  if (fit_.made_from == evidence && history_.fitted().made_from != evidence) proposal.candidate->fit = fit_;
  return proposal;
}

}  // namespace stune
