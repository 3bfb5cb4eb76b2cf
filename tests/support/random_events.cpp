#include "tests/support/random_events.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

namespace stune {

namespace {

const std::vector<std::string> pieces{"a",
                                      "lr",
                                      "\"",
                                      "\\",
                                      "\n",
                                      "\r\n",
                                      "\t",
                                      "\x01",
                                      "/",
                                      "\xc3\xa9",
                                      "日本",
                                      "😀",
                                      "\x80",
                                      "\xff",
                                      "nan",
                                      "inf",
                                      "\xed\xa0",
                                      "\xee\xbe\x80",
                                      "$(rm)",
                                      "\xf4\x90\x80\x80",
                                      "-inf",
                                      "1.0",
                                      "true",
                                      "{",
                                      ",",
                                      "\xc3",
                                      "\x7f",
                                      "\xef\xbf\xbf",
                                      "\xee\xbf\xbf",
                                      "\xe2\x80\xa8",
                                      "null",
                                      "u00e9"};

const std::vector<double> odd_reals{0.0,
                                    -0.0,
                                    1.0,
                                    -2.0,
                                    1e22,
                                    1e-7,
                                    0.1,
                                    9007199254740993.0,
                                    std::numeric_limits<double>::max(),
                                    std::numeric_limits<double>::min(),
                                    std::numeric_limits<double>::denorm_min(),
                                    std::numeric_limits<double>::quiet_NaN(),
                                    std::numeric_limits<double>::infinity(),
                                    -std::numeric_limits<double>::infinity()};

const std::vector<std::int64_t> odd_integers{
    0, 1, -1, 2, std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max()};

}  // namespace

template <typename Item>
const Item& RandomEvents::one_of(const std::vector<Item>& items) {
  return items[static_cast<std::size_t>(below(static_cast<int>(items.size())))];
}

std::string RandomEvents::text() {
  std::string result;
  for (int count = below(4); count > 0; --count) result += one_of(pieces);
  if (below(10) == 0) result += '\0';
  return result;
}

double RandomEvents::real() {
  switch (below(3)) {
    case 0:
      return one_of(odd_reals);
    case 1:
      return std::uniform_real_distribution<double>(-10, 10)(generator_);
    default:
      return std::bit_cast<double>(generator_());
  }
}

std::int64_t RandomEvents::integer() { return coin() ? one_of(odd_integers) : static_cast<std::int64_t>(generator_()); }

Value RandomEvents::value() {
  switch (below(4)) {
    case 0:
      return coin();
    case 1:
      return integer();
    case 2:
      return real();
    default:
      return text();
  }
}

TimePoint RandomEvents::time() {
  return TimePoint(std::chrono::microseconds(below(2'000'000'000) * std::int64_t{1'000'003}));
}

Metadata RandomEvents::metadata() {
  Metadata metadata;
  for (int count = below(4); count > 0; --count) metadata[text()] = text();
  return metadata;
}

Parameter RandomEvents::parameter(int index) {
  const std::string name = std::string(1, 'p').append(std::to_string(index));
  switch (below(5)) {
    case 0:
      return range(name, 1e-5, 0.1 + index, {.log_scale = coin()});
    case 1:
      return stune::integer(name, 1, 1 + below(1000) + 1, {.default_value = Value(std::int64_t{2})});
    case 2:
      return choice(name,
                    {std::string("a b;c"), std::string("$(rm -rf x)\"'\xff"), std::string("nan"), std::string("1.0")});
    case 3:
      return ordered(name, {std::int64_t{1}, std::int64_t{2}, std::int64_t{64}});
    default:
      return coin() ? boolean(name) : fixed(name, 2.0);
  }
}

Definition RandomEvents::definition() {
  Definition definition;
  definition.id = text();
  definition.name = text();
  definition.description = text();
  std::vector<Parameter> parameters{range("x", 0.0, 1.0)};
  for (int count = below(5); count > 0; --count) parameters.push_back(parameter(count));
  definition.space = SearchSpace(std::move(parameters));
  definition.optimization.objectives = {{text(), coin()}, {text(), coin()}};
  definition.optimization.constraints = {{text(), coin(), real(), coin()}};
  definition.metrics = {{text(), {text(), text(), text(), text()}}};
  definition.command = {text(), {text(), text()}};
  definition.working_directory = text();
  definition.seed = generator_();
  definition.method = text();
  definition.initial = below(10);
  return definition;
}

RunOptions RandomEvents::options() {
  RunOptions options;
  options.trials = below(100);
  options.parallel = below(9);
  options.automatic_parallel = coin();
  options.tolerated_failure_rate = real();
  options.runner = text();
  options.sbatch_options = {text(), text()};
  options.poll_start = Seconds(below(100));
  options.poll_growth = real();
  options.poll_cap = Seconds(0.1 * below(100));
  options.max_run_time = Seconds(below(100));
  options.trial_time_limit = Seconds(below(100));
  options.metric_grace = Seconds(below(100));
  options.cpus_per_trial = below(9);
  options.gpus_per_trial = below(9);
  options.infrastructure_retries = below(9);
  return options;
}

Ending RandomEvents::ending() {
  Ending ending;
  ending.cause = static_cast<Cause>(below(12));
  ending.exit_code = below(256);
  ending.signal = below(64);
  ending.detail = text();
  ending.host = text();
  if (coin()) ending.started = time();
  if (coin()) ending.ended = time();
  ending.cpu_seconds = 0.1 * below(1000);
  ending.peak_memory = integer();
  ending.nodes = coin() ? below(1000) : 0;
  return ending;
}

std::vector<Observation> RandomEvents::observations() {
  std::vector<Observation> observations;
  for (int count = below(4); count > 0; --count) {
    observations.push_back({text(), coin() ? final_step : integer(), real(), coin() ? real() : 0.0});
    if (coin()) observations.back().at = time();
  }
  return observations;
}

EventBody RandomEvents::body(std::size_t type, const Definition& definition) {
  const auto maybe_ending = [&] { return coin() ? std::optional(ending()) : std::nullopt; };
  std::vector<Value> values(definition.space.parameters().size());
  std::vector<double> reals(static_cast<std::size_t>(below(5)));
  std::vector<AttemptId> attempts(static_cast<std::size_t>(below(4)));
  switch (type) {
    case 0:
      return ExperimentCreated{definition, options()};
    case 1:
      return OptionsChanged{options()};
    case 2:
      for (Value& each : values) each = value();
      return TrialCreated{below(1000), Parameterization(definition.space.names(), values),
                          text(),      generator_(),
                          coin(),      coin() ? text() : std::string()};
    case 3:
      for (AttemptId& id : attempts) id = {below(1000), below(3)};
      return SubmissionIntended{text(), attempts};
    case 4:
      return JobReported{{below(1000), below(3)},
                         static_cast<JobState>(below(6)),
                         maybe_ending(),
                         coin() ? std::optional(metadata()) : std::nullopt};
    case 5:
      return Observed{below(1000), observations()};
    case 6:
      return TrialEnded{below(1000), static_cast<TrialStatus>(below(6)), text(), maybe_ending(), observations()};
    case 7:
      for (double& each : reals) each = real();
      return ModelFitted{generator_(), reals};
    default:
      return StopAsked{below(3) - 1, text()};
  }
}

std::vector<Event> RandomEvents::journal(int count) {
  const Definition created = definition();
  std::vector<Event> events;
  for (int i = 0; i < count; ++i) {
    const auto type = static_cast<std::size_t>(i == 0 ? 0 : 1 + below(8));
    events.push_back({static_cast<Sequence>(i + 1), time(), body(type, created)});
  }
  return events;
}

namespace {

bool same(double a, double b) {
  return (std::isnan(a) && std::isnan(b)) || std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
}

template <typename Item>
bool same(const std::vector<Item>& a, const std::vector<Item>& b) {
  return std::ranges::equal(a, b, [](const auto& x, const auto& y) { return stune::same(x, y); });
}

bool same(const Observation& a, const Observation& b) {
  return a.metric == b.metric && a.step == b.step && same(a.mean, b.mean) && same(a.sem, b.sem) && a.at == b.at;
}

bool same(const OutcomeConstraint& a, const OutcomeConstraint& b) {
  return a.metric == b.metric && a.at_least == b.at_least && same(a.bound, b.bound) && a.relative == b.relative;
}

bool same(RunOptions a, RunOptions b) {
  const bool same_reals =
      same(a.tolerated_failure_rate, b.tolerated_failure_rate) && same(a.poll_growth, b.poll_growth);
  a.tolerated_failure_rate = b.tolerated_failure_rate = 0.0;
  a.poll_growth = b.poll_growth = 0.0;
  return same_reals && a == b;
}

bool same(const Definition& a, const Definition& b) {
  return a.id == b.id && a.name == b.name && a.description == b.description && a.space == b.space &&
         a.optimization.objectives == b.optimization.objectives &&
         std::ranges::equal(a.optimization.constraints, b.optimization.constraints,
                            [](const auto& x, const auto& y) { return same(x, y); }) &&
         a.metrics == b.metrics && a.command == b.command && a.working_directory == b.working_directory &&
         a.seed == b.seed && a.method == b.method && a.initial == b.initial;
}

bool same(const ExperimentCreated& a, const ExperimentCreated& b) {
  return same(a.definition, b.definition) && same(a.options, b.options);
}
bool same(const OptionsChanged& a, const OptionsChanged& b) { return same(a.options, b.options); }
bool same(const TrialCreated& a, const TrialCreated& b) {
  if (a.parameters.size() != b.parameters.size()) return false;
  for (std::size_t i = 0; i < a.parameters.size(); ++i) {
    if (a.parameters.name(i) != b.parameters.name(i)) return false;
  }
  return a.trial == b.trial && same(a.parameters.values(), b.parameters.values()) && a.generator == b.generator &&
         a.made_from == b.made_from && a.manual == b.manual && a.request == b.request;
}
bool same(const SubmissionIntended& a, const SubmissionIntended& b) {
  return a.token == b.token && a.attempts == b.attempts;
}
bool same(const JobReported& a, const JobReported& b) {
  return a.id == b.id && a.state == b.state && a.ending == b.ending && a.metadata == b.metadata;
}
bool same(const std::vector<Observation>& a, const std::vector<Observation>& b) {
  return std::ranges::equal(a, b, [](const auto& x, const auto& y) { return same(x, y); });
}
bool same(const Observed& a, const Observed& b) { return a.trial == b.trial && same(a.observations, b.observations); }
bool same(const TrialEnded& a, const TrialEnded& b) {
  return a.trial == b.trial && a.status == b.status && a.reason == b.reason && a.ending == b.ending &&
         same(a.observations, b.observations);
}
bool same(const ModelFitted& a, const ModelFitted& b) {
  return a.made_from == b.made_from &&
         std::ranges::equal(a.hyperparameters, b.hyperparameters, [](double x, double y) { return same(x, y); });
}
bool same(const StopAsked& a, const StopAsked& b) { return a.trial == b.trial && a.why == b.why; }

}  // namespace

bool same(const Value& a, const Value& b) {
  const auto* real = std::get_if<double>(&a);
  const auto* other = std::get_if<double>(&b);
  return real && other ? same(*real, *other) : a == b;
}

bool same(const Event& a, const Event& b) {
  if (a.sequence != b.sequence || a.at != b.at || a.what.index() != b.what.index()) return false;
  return std::visit([&](const auto& body) { return same(body, std::get<std::remove_cvref_t<decltype(body)>>(b.what)); },
                    a.what);
}

}  // namespace stune
