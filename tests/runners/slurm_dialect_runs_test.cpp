// Whole runs of a submission on a Slurm that speaks as one version does: submitted, looked at, requeued or stopped,
// ended.
#include <sstream>

#include "tests/runners/dialects.hpp"
#include "tests/runners/slurm_runner_fixture.hpp"

namespace stune::slurm {
namespace {

std::string told(const JobReport& report) {
  std::string text = std::to_string(report.id.trial) + " " + to_string(report.state);
  for (const char* key : {"job", "reason"}) {
    if (report.metadata && report.metadata->contains(key)) text += " " + report.metadata->at(key);
  }
  return report.ending ? text + " " + to_string(report.ending->cause) + "\n" : text + "\n";
}

class SlurmDialectRun : public SlurmRunnerTest, public testing::WithParamInterface<std::string> {
 protected:
  SlurmDialectRun() : dialect_(read_dialect(GetParam())) {
    for (const char* program : {"squeue", "sacct", "scancel"}) slurm_.words[program] = {};
    bool is_config = false;
    for (const auto& [number, line] : dialect_.answers) {
      if (line.starts_with(">>> ") || line == "<<<") is_config = line == ">>> config";
      if (is_config && !line.starts_with(">>> ")) hear(slurm_.words["scontrol"], line);
    }
    restart();
  }

  void happen(const std::string& what) {
    std::istringstream words(what);
    std::string verb;
    std::string job;
    int trial = 0;
    int start = 0;
    int exit_code = 0;
    words >> verb >> trial;
    if (verb == "submit") {
      Submission all{"token", {}};
      for (int i = 0; i < trial; ++i) all.jobs.push_back({{i, 0}, Parameterization{{"x", 0.5}}, 0, {}, {}});
      runner_->submit({all});
    } else if (verb == "start") {
      words >> job >> start;
      ASSERT_TRUE(claim_as(job, trial, start)) << what;
    } else if (verb == "end") {
      words >> start >> exit_code;
      leave_record(trial, exit_code, {}, start);
    } else if (verb == "stop") {
      const AttemptId id{trial, 0};
      runner_->stop({&id, 1});
    }
  }

  /// What is reported in ten minutes; last whether sbatch was called once or more often.
  std::string reports_of_a_while() {
    reports_.clear();
    run_for(Seconds(600));
    std::string text;
    for (const JobReport& report : reports_) text += told(report);
    const int calls = slurm_.count("sbatch") - std::exchange(calls_, slurm_.count("sbatch"));
    return calls == 0 ? text : text + (calls == 1 ? "sbatch once\n" : "sbatch again and again\n");
  }

  Dialect dialect_;
  int calls_ = 0;
};

TEST_P(SlurmDialectRun, IsReportedAsItHappens) {
  ASSERT_FALSE(dialect_.run.empty());
  CommandResult* said = nullptr;
  std::string what;
  std::string expected;
  int moment = 0;
  const auto pass = [&] {
    if (moment == 0) return;
    SCOPED_TRACE("slurm-" + GetParam() + ".txt:" + std::to_string(moment));
    happen(what);
    EXPECT_EQ(reports_of_a_while(), expected) << what;
  };
  for (const auto& [number, line] : dialect_.run) {
    if (line.starts_with("@ ")) {
      pass();
      moment = number;
      what = line.substr(2);
      expected.clear();
      said = nullptr;
    } else if (line.starts_with(">>> ")) {
      std::istringstream words(line.substr(4));
      std::string program;
      words >> program;
      said = &(slurm_.words[program] = {});
      words >> said->exit_code;
    } else if (line == "<<<") {
      said = nullptr;
    } else if (said != nullptr) {
      hear(*said, line);
    } else {
      expected += line + "\n";
    }
  }
  pass();
}

INSTANTIATE_TEST_SUITE_P(Slurm, SlurmDialectRun, testing::Values("20.02", "21.08", "22.05", "23.02", "23.11", "24.11"),
                         [](const auto& tested) { return dialect_name(tested.param); });

}  // namespace
}  // namespace stune::slurm
