// Writes FOLDER/NAME.html, the report of a made experiment, for each NAME that a browser is to look at.
// usage: make_pages FOLDER
#include <chrono>
#include <cstdio>
#include <filesystem>

#include "analysis/analyses.hpp"
#include "analysis/report.hpp"
#include "base/file.hpp"
#include "generation/random_numbers.hpp"
#include "tests/analysis/made_experiment.hpp"

namespace stune {
namespace {

using generation::RandomNumbers;

RunOptions wanting(int trials, int parallel = 4) {
  RunOptions options;
  options.trials = trials;
  options.parallel = parallel;
  options.runner = "local";
  return options;
}

std::vector<Parameter> training() {
  return {range("lr", 1e-5, 1e-1, {.log_scale = true}), integer("layers", 2, 8), range("dropout", 0.0, 0.6),
          choice("optimizer", {std::string("sgd"), std::string("adam"), std::string("lamb")}), boolean("augment")};
}

Parameterization drawn(const SearchSpace& space, RandomNumbers& random) {
  std::vector<double> u;
  for (const Axis& axis : space.axes()) {
    u.push_back(axis.kind == Axis::Kind::categories ? static_cast<double>(random.below(axis.count)) : random.uniform());
  }
  return space.decode(u);
}

double accuracy(const Parameterization& p) {
  const double rate = std::log10(p.number("lr")) + 2.8;
  const double layers = static_cast<double>(p.integer("layers")) - 5.0;
  return 0.92 - 0.06 * rate * rate - 0.006 * layers * layers - 0.2 * std::pow(p.number("dropout") - 0.2, 2) +
         (p.text("optimizer") == "adam" ? 0.02 : 0.0) + (p.flag("augment") ? 0.01 : 0.0);
}

/// As a cluster runs them: queued, running, some lost, some failed, with curves.
MadeExperiment mixed(int trials) {
  MadeExperiment made(training(), {"accuracy", false}, wanting(trials));
  RandomNumbers random(5);
  for (int i = 0; i < trials; ++i) {
    const auto p = drawn(made->definition().space, random);
    const int trial = made.create(p, i < 10 ? "Sobol" : "GP", false);
    made.happen(SubmissionIntended{"t" + std::to_string(i), {{trial, 0}}});
    int attempt = 0;
    Ending ending{Cause::completed};
    ending.host = "node" + std::to_string(i % 3);
    ending.started = TimePoint{} + std::chrono::minutes(3 * i + 2);
    ending.ended = *ending.started + std::chrono::minutes(4 + i % 9);
    if (i % 13 == 5) {
      Ending lost = ending;
      lost.cause = Cause::node_failure;
      made.happen(JobReported{{trial, attempt}, JobState::ended, lost, {}});
      made.happen(SubmissionIntended{"again" + std::to_string(i), {{trial, ++attempt}}});
    }
    made.happen(JobReported{{trial, attempt}, JobState::running, {}, {}});
    if (i % 11 == 7) {
      ending.cause = Cause::exit_code;
      ending.exit_code = 3;
      made.happen(TrialEnded{trial, TrialStatus::failed, "exit code 3: loss is not finite", ending, {}});
      continue;
    }
    std::vector<Observation> curve;
    const double best = accuracy(p) + 0.01 * random.uniform();
    for (int step = 1; step <= 12; ++step) {
      curve.push_back({"accuracy", step, best * (1.0 - 0.6 * std::exp(-0.4 * step)), 0.004});
    }
    curve.push_back({"seconds", final_step, 60.0 * (1 + i % 9), std::nan("")});
    made.happen(TrialEnded{trial, TrialStatus::completed, {}, ending, curve});
  }
  return made;
}

MadeExperiment large(int trials) {
  auto parameters = training();
  parameters.push_back(range("momentum", 0.5, 0.99));
  MadeExperiment made(std::move(parameters), {"accuracy", false}, wanting(trials));
  made.sample(trials, accuracy);
  return made;
}

/// A parameter's name is checked; what a metric or a choice is called is not.
MadeExperiment odd_names() {
  MadeExperiment made({range("model.encoder-layers.attention_dropout_rate", 0.1, 1000.0, {.log_scale = true}),
                       choice("words", {std::string("<script>alert(1)</script>"), std::string("2020-01-01"),
                                        std::string("%{x}, \"q\"")}),
                       range("x", 0.0, 1.0)},
                      {"</script><img src=x onerror=alert(2)>, \"größe\" λ 漢字", true}, wanting(20));
  made.sample(20, [&](const Parameterization& p) { return p.number("x"); });
  made.fail(drawn(made->definition().space, *std::make_unique<RandomNumbers>(3)), "\"<i>why</i>\", line\n2\u2028");
  return made;
}

void write(const std::filesystem::path& folder, const std::string& name, const MadeExperiment& made) {
  const auto begin = std::chrono::steady_clock::now();
  const auto cards = analysis::compute_all(*made);
  const std::chrono::duration<double> computed = std::chrono::steady_clock::now() - begin;
  const std::string page = analysis::report_page(*made, cards, made->last_change());
  replace_file(folder / (name + ".html"), page);
  std::printf("%-14s %6.2f s for %zu cards, %.2f MB\n", name.c_str(), computed.count(), cards.size(),
              1e-6 * static_cast<double>(page.size()));
}

void write_broken_ones(const std::filesystem::path& folder) {
  RandomNumbers random(9);
  MadeExperiment nothing(training(), {"accuracy", false}, wanting(20));
  write(folder, "nothing", nothing);

  MadeExperiment one(training(), {"accuracy", false}, wanting(20));
  one.sample(1, accuracy);
  write(folder, "one", one);

  MadeExperiment constant(training(), {"accuracy", false}, wanting(20));
  constant.sample(20, [](const Parameterization&) { return 0.5; });
  write(folder, "constant", constant);

  MadeExperiment failures(training(), {"accuracy", false}, wanting(20));
  for (int i = 0; i < 8; ++i) failures.fail(drawn(failures->definition().space, random), "exit code 127: not found");
  write(folder, "only_failures", failures);

  MadeExperiment half_way(training(), {"accuracy", false}, wanting(40));
  half_way.sample(13, accuracy);
  for (int i = 0; i < 4; ++i) {
    const int trial = half_way.create(drawn(half_way->definition().space, random), "GP", false);
    half_way.happen(SubmissionIntended{"h" + std::to_string(i), {{trial, 0}}});
    if (i < 2) half_way.happen(JobReported{{trial, 0}, JobState::running, {}, {}});
  }
  write(folder, "half_way", half_way);
}

}  // namespace
}  // namespace stune

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const std::filesystem::path folder = argv[1];
  stune::write(folder, "mixed", stune::mixed(60));
  stune::write(folder, "odd_names", stune::odd_names());
  stune::write_broken_ones(folder);
  stune::write(folder, "thousand", stune::large(1000));
  stune::write(folder, "ten_thousand", stune::large(10000));
  return 0;
}
