#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>

#include "base/clock.hpp"
#include "cli/folder_check.hpp"
#include "cli/plan.hpp"
#include "cli/subcommands.hpp"
#include "cli/table.hpp"
#include "client/find_node_program.hpp"
#include "client/make_runner.hpp"

namespace stune::cli {

namespace {

using slurm::Finding;

struct DoctorArguments {
  GivenOptions given;
  std::string folder = ".";
  bool test_job = false;
};

Finding examine_program() {
  try {
    return {Finding::Grade::good, "node program", find_node_program().string()};
  } catch (const Error& error) {
    return {Finding::Grade::bad, "node program", error.what()};
  }
}

/// Login nodes end what computes for long.
Finding examine_machine() {
  rlimit cpu{};
  if (::getrlimit(RLIMIT_CPU, &cpu) == 0 && cpu.rlim_cur != RLIM_INFINITY) {
    return {Finding::Grade::warning, "this machine",
            "ends processes after " + to_words(Seconds(static_cast<double>(cpu.rlim_cur))) +
                " of CPU; run the loop with --coordinator job, or with stune step from cron"};
  }
  return {
      Finding::Grade::good, "this machine",
      "sets no limit of CPU time; the loop has two threads, takes about one core at most and, beside Slurm, nice 19"};
}

std::vector<Finding> examine(const DoctorArguments& arguments) {
  const RunOptions options = apply_options({}, arguments.given);
  const auto environment = current_environment();
  const auto folder = std::filesystem::absolute(arguments.folder).lexically_normal();
  std::vector<Finding> all{examine_program(), examine_machine()};
  const auto add = [&all](std::vector<Finding> more) { std::ranges::move(more, std::back_inserter(all)); };
  add(check_folder(folder));
  if (resolve_runner(options.runner, environment) != "slurm") {
    all.push_back({Finding::Grade::warning, "Slurm", "sbatch is not in PATH: trials would run on this machine"});
    return all;
  }
  SystemClock clock;
  const auto commands = make_child_commands(clock);
  const SlurmOptions slurm = stune::slurm_options(options);
  add(slurm::examine_slurm(*commands, clock, environment, slurm));
  const bool possible = std::ranges::none_of(all, [](const Finding& f) { return f.grade == Finding::Grade::bad; });
  if (arguments.test_job && possible) {
    add(slurm::try_a_job(*commands, clock, environment, slurm, folder, Seconds{600}));
  } else if (!arguments.test_job) {
    all.push_back({Finding::Grade::warning, "test job", "not tried; --test-job submits one that lasts a moment"});
  }
  return all;
}

ExitCode doctor(const DoctorArguments& arguments) {
  ExitCode code = ExitCode::success;
  for (const Finding& finding : examine(arguments)) {
    const bool bad = finding.grade == Finding::Grade::bad;
    if (bad) code = ExitCode::runner;
    std::string head = bad ? "BAD   " : finding.grade == Finding::Grade::good ? "ok    " : "note  ";
    head += finding.what;
    head.resize(20, ' ');
    std::cout << head << printable(finding.detail) << "\n";
  }
  return code;
}

}  // namespace

void add_doctor(CLI::App& app, Invocation& invocation) {
  auto arguments = std::make_shared<DoctorArguments>();
  CLI::App* command = app.add_subcommand("doctor", "Check whether trials can run here, and what Slurm will be asked");
  command->add_option("FOLDER", arguments->folder, "where experiments are to be (default: here)")
      ->type_name("")
      ->check(CLI::ExistingDirectory);
  command->add_flag("--test-job", arguments->test_job, "submit a job that lasts a moment, and wait for it");
  add_options(*command, {Subject::running}, arguments->given);
  command->footer("Example:\n  stune doctor /scratch/me --test-job --sbatch \"--account=physics\"");
  command->callback([&invocation, arguments] { invocation.action = [arguments] { return doctor(*arguments); }; });
}

}  // namespace stune::cli
