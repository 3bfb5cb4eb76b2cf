/// \file Events as a coordinator would commit them, for tests of where candidates come from.
#pragma once

#include <gtest/gtest.h>
#include <poll.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <vector>

#include "generation/candidate_source.hpp"
#include "stune/parameter.hpp"

namespace stune {

inline constexpr int patience_in_milliseconds = 60'000;  // of a test that waits for a thread

/// Events as a coordinator would commit them.
class Story {
 public:
  explicit Story(std::vector<Parameter> parameters, const std::string& method = "fast", int initial = 0,
                 int parallel = 1) {
    Definition d;
    d.id = "abc123";
    d.name = "story";
    d.space = SearchSpace(std::move(parameters));
    d.optimization.objectives = {{"loss", true}};
    d.seed = 11;
    d.method = method;
    d.initial = initial;
    RunOptions options;
    options.trials = 100;
    options.parallel = parallel;
    add(ExperimentCreated{d, options});
  }

  void want(int trials) {
    RunOptions options;
    options.trials = trials;
    add(OptionsChanged{options});
  }
  void observe(int trial, double loss) { add(Observed{trial, {{"loss", 1, loss, 0.0}}}); }

  /// The candidate becomes the next trial.
  std::vector<Event> accept(const Candidate& c) {
    const std::size_t before = events.size();
    if (c.fit) add(*c.fit);
    add(TrialCreated{trials_, c.parameters, c.generator, c.made_from, false});
    add(SubmissionIntended{"token" + std::to_string(trials_), {{trials_, 0}}});
    ++trials_;
    return {events.begin() + static_cast<std::ptrdiff_t>(before), events.end()};
  }
  std::vector<Event> complete(int trial, double loss, double sem = 0.0) {
    add(TrialEnded{trial, TrialStatus::completed, {}, Ending{Cause::completed}, {{"loss", final_step, loss, sem}}});
    return {events.back()};
  }

  std::vector<Event> abandon(int trial) {
    add(TrialEnded{trial, TrialStatus::abandoned, {}, {}, {}});
    return {events.back()};
  }

  std::vector<Event> events;

 private:
  void add(EventBody body) { events.push_back({events.size() + 1, {}, std::move(body)}); }
  int trials_ = 0;
};

inline std::vector<Parameter> plane() { return {range("x", 0.0, 1.0), range("y", 0.0, 1.0)}; }

inline double loss_of(const Parameterization& p) {
  return std::pow(p.number("x") - 0.3, 2) + std::pow(p.number("y") - 0.6, 2);
}

/// What the trial of that index would measure.
inline double loss_at(const Story& story, int trial) {
  for (const Event& event : story.events) {
    const auto* created = std::get_if<TrialCreated>(&event.what);
    if (created && created->trial == trial) return loss_of(created->parameters);
  }
  return 0.0;
}

inline std::ptrdiff_t fits(const Story& story) {
  return std::ranges::count_if(story.events,
                               [](const Event& event) { return std::holds_alternative<ModelFitted>(event.what); });
}

/// A story in which so many trials are completed, told to `source`.
inline void play(Story& story, CandidateSource& source, int completed) {
  source.feed(story.events);
  for (int i = 0; i < completed; ++i) {
    const Candidates taken = source.take(1, 0);
    ASSERT_EQ(taken.ready.size(), 1U);
    source.feed(story.accept(taken.ready[0]));
    source.feed(story.complete(i, loss_of(taken.ready[0].parameters)));
  }
}

/// What the source gives of `count` once it has any; nothing if it never has.
inline std::vector<Candidate> await_some(CandidateSource& source, Sequence seen_at_least, int count) {
  while (true) {
    Candidates taken = source.take(count, seen_at_least);
    if (!taken.ready.empty() || taken.exhausted) return std::move(taken.ready);
    pollfd wake{source.wake_fd(), POLLIN, 0};
    if (::poll(&wake, 1, patience_in_milliseconds) <= 0) return {};
  }
}

inline std::optional<Candidate> await(CandidateSource& source, Sequence seen_at_least) {
  const std::vector<Candidate> given = await_some(source, seen_at_least, 1);
  return given.empty() ? std::nullopt : std::optional(given[0]);
}

}  // namespace stune
