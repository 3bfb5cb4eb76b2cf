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

/// What a trial reports besides the objective, each at every step.
const std::vector<std::string> four_metrics{"accuracy", "loss", "validation loss", "gradient norm"};

std::vector<Observation> curves(const std::vector<std::string>& metrics, int steps, double best,
                                RandomNumbers& random) {
  std::vector<Observation> all;
  for (const std::string& metric : metrics) {
    for (int step = 1; step <= steps; ++step) {
      const double part = 1.0 - 0.6 * std::exp(-4.8 * step / steps);
      const double noise = metrics.size() > 1 ? 0.01 * random.uniform() : 0.0;
      all.push_back({metric, step, best * (metric == "accuracy" ? part : 1.6 - part) + noise, 0.004});
    }
  }
  return all;
}

/// As a cluster runs them, four at a time: queued, running, some lost, some failed, with curves.
class OnACluster {
 public:
  OnACluster(std::vector<Parameter> parameters, int trials, std::vector<std::string> metrics, int steps)
      : made_(std::move(parameters), {"accuracy", false}, wanting(trials)),
        metrics_(std::move(metrics)),
        steps_(steps) {
    for (int i = 0; i < trials + at_a_time; ++i) {
      if (i >= at_a_time) end(i - at_a_time);
      if (i < trials) begin(i);
    }
  }
  MadeExperiment made() && { return std::move(made_); }

 private:
  static constexpr int at_a_time = 4;

  void begin(int i) {
    const int trial = made_.create(drawn(made_->definition().space, random_), i < 10 ? "Sobol" : "GP", false);
    submit(trial, 0);
    if (i % 13 == 5) {
      made_.happen(JobReported{{trial, 0}, JobState::ended, ending(trial, Cause::node_failure), {}});
      submit(trial, 1);
    }
    made_.happen(JobReported{{trial, i % 13 == 5 ? 1 : 0}, JobState::running, {}, {}});
  }

  void submit(int trial, int attempt) {
    made_.happen(SubmissionIntended{"t" + std::to_string(trial) + "." + std::to_string(attempt), {{trial, attempt}}});
  }

  /// Of its last attempt, which waited half a minute and then ran until now.
  Ending ending(int trial, Cause cause) const {
    Ending ending{cause};
    ending.host = "node" + std::to_string(trial % 3);
    ending.started = made_->trial(trial).attempts.back().submitted + std::chrono::seconds(20 + 5 * (trial % 5));
    ending.ended = made_->last_change() + std::chrono::seconds(30);
    return ending;
  }

  void end(int trial) {
    if (trial % 11 == 7) {
      Ending failed = ending(trial, Cause::exit_code);
      failed.exit_code = 3;
      made_.happen(TrialEnded{trial, TrialStatus::failed, "exit code 3: loss is not finite", failed, {}});
      return;
    }
    const double best = accuracy(made_->trial(trial).parameters) + 0.01 * random_.uniform();
    std::vector<Observation> seen = curves(metrics_, steps_, best, random_);
    seen.push_back({"seconds", final_step, 60.0 * (1 + trial % 9), std::nan("")});
    made_.happen(TrialEnded{trial, TrialStatus::completed, {}, ending(trial, Cause::completed), std::move(seen)});
  }

  MadeExperiment made_;
  std::vector<std::string> metrics_;
  int steps_;
  RandomNumbers random_{5};
};

/// The largest that a report has to be good for: 20 parameters, four metrics with curves and standard errors.
MadeExperiment large(int trials) {
  auto parameters = training();
  for (int i = 0; i < 12; ++i) parameters.push_back(range("weight_" + std::to_string(i), 0.0, 1.0));
  parameters.push_back(range("weight_decay", 1e-6, 1e-1, {.log_scale = true}));
  parameters.push_back(integer("batch_size", 16, 1024, {.log_scale = true}));
  parameters.push_back(choice("schedule", {std::string("constant"), std::string("cosine"), std::string("step")}));
  return OnACluster(std::move(parameters), trials, four_metrics, 50).made();
}

/// More parameters than are drawn; three matter.
MadeExperiment many() {
  std::vector<Parameter> parameters{
      range("lr", 1e-5, 1e-1, {.log_scale = true}), integer("batch_size", 16, 1024, {.log_scale = true}),
      choice("optimizer", {std::string("sgd"), std::string("adam"), std::string("lamb")})};
  for (int i = 0; i < 8; ++i) parameters.push_back(range("weight_" + std::to_string(i), 0.0, 1.0));
  MadeExperiment made(std::move(parameters), {"accuracy", false}, wanting(80));
  made.sample(80, [](const Parameterization& p) {
    const double size = std::log2(static_cast<double>(p.integer("batch_size"))) - 7.0;
    return 0.9 - 0.05 * std::pow(std::log10(p.number("lr")) + 3.0, 2) - 0.015 * size * size +
           (p.text("optimizer") == "adam" ? 0.08 : 0.0);
  });
  return made;
}

/// A parameter's name is checked; what a metric or a choice is called is not.
MadeExperiment odd_names() {
  MadeExperiment made({range("model.encoder-layers.attention_dropout_rate", 0.1, 1000.0, {.log_scale = true}),
                       choice("words", {std::string("<script>alert(1)</script>"), std::string("2020-01-01"),
                                        std::string("%{x}, \"q\"")}),
                       choice("model", {std::string("resnet50_pretrained_a"), std::string("resnet50_pretrained_b"),
                                        std::string("a&b")}),
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
  stune::write(folder, "mixed", stune::OnACluster(stune::training(), 60, {"accuracy"}, 12).made());
  stune::write(folder, "many", stune::many());
  stune::write(folder, "odd_names", stune::odd_names());
  stune::write_broken_ones(folder);
  stune::write(folder, "thousand", stune::large(1000));
  stune::write(folder, "ten_thousand", stune::large(10000));
  return 0;
}
