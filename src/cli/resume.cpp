#include <CLI/CLI.hpp>
#include <iostream>

#include "base/log.hpp"
#include "cli/coordinator.hpp"
#include "cli/interrupt.hpp"
#include "cli/manners.hpp"
#include "cli/mpi_start.hpp"
#include "cli/plan.hpp"
#include "cli/preflight.hpp"
#include "cli/reported_run.hpp"
#include "cli/subcommands.hpp"
#include "cli/terminal.hpp"
#include "client/founding.hpp"
#include "client/make_runner.hpp"
#include "storage/lock.hpp"

namespace stune::cli {

namespace {

struct ResumeArguments {
  std::string experiment;
  GivenOptions given;
  bool take_over = false;
  bool quiet = false;
  bool step = false;
  std::string coordinator = "here";
  std::vector<std::string> coordinator_options;
  std::string predecessor;
};

ExitCode resume(const ResumeArguments& arguments, const MpiRanks* mpi) {
  const auto folder = experiment_folder(arguments.experiment);
  if (arguments.coordinator == "chain") {
    return run_generation(std::filesystem::absolute(folder).lexically_normal(), arguments.predecessor);
  }
  const Experiment begun = view(folder).experiment;
  RunOptions options = apply_options(begun.options(), arguments.given);
  if (mpi && !arguments.given.has("runner")) options.runner = "auto";
  options = with_mpi(std::move(options), mpi, "resume " + folder.filename().string());
  options.runner = resolve_runner(options.runner, read_environment(folder));
  check_complete(options);
  check_placeable(begun_with(folder, begun, options));
  check_coordinator(arguments.coordinator, options.runner, arguments.coordinator_options);
  log::set_quiet(arguments.quiet);
  const Interrupt interrupt;
  const auto progress = make_progress(arguments.quiet);
  SessionParts parts;
  parts.take_over = arguments.take_over;
  if (mpi) parts.make_runner = mpi->make_runner;
  Session session = Session::open(folder, std::move(parts));
  if (!arguments.step || !arguments.given.values.empty()) session.change(options);
  for (const std::string& notice : session.notices()) progress->notice(notice);
  if (arguments.coordinator == "job") {
    std::cout << begin_chain(std::move(session), arguments.coordinator_options);
    return ExitCode::success;
  }
  be_modest(session);
  return conclude(session, run_reporting(session, *progress, interrupt.wakeup(), arguments.step));
}

}  // namespace

void add_step(CLI::App& app, Invocation& invocation) {
  auto arguments = std::make_shared<ResumeArguments>();
  arguments->step = true;
  CLI::App* command = app.add_subcommand(
      "step", "Do what is due now and exit, for cron; changes no option and lifts no stop, as resume would");
  add_experiment(*command, arguments->experiment);
  command->add_flag("--quiet", arguments->quiet, "only warnings and the result");
  command->footer(
      "Example, a line for crontab or scrontab:\n  */5 * * * * cd /scratch/me && stune step train.stune --quiet");
  command->callback([&invocation, arguments] {
    invocation.action = [&invocation, arguments] {
      const auto folder = experiment_folder(arguments->experiment);
      const auto holder = read_lock(folder);
      if (holder && examine(*holder) == HolderState::alive) {
        std::cout << describe(*holder) << " looks after " << folder.filename().string() << " now; nothing to do.\n";
        return ExitCode::success;
      }
      return resume(*arguments, invocation.mpi);
    };
  });
}

void add_resume(CLI::App& app, Invocation& invocation) {
  auto arguments = std::make_shared<ResumeArguments>();
  CLI::App* command =
      app.add_subcommand("resume", "Continue an experiment that was interrupted or stopped, or give it more trials");
  add_experiment(*command, arguments->experiment);
  add_options(*command, {Subject::running}, arguments->given);
  command->add_flag("--step", arguments->step, "do what is due now and exit, for cron; an earlier stop is not lifted");
  command
      ->add_option("--coordinator", arguments->coordinator,
                   "here, or as a chain of small Slurm jobs: job (default: here)")
      ->check(CLI::IsMember({"here", "job", "chain"}))
      ->type_name("here|job");
  command->add_option("--coordinator-sbatch", arguments->coordinator_options, "options for sbatch of those jobs")
      ->type_name("\"OPTIONS\"");
  command->add_option("--predecessor", arguments->predecessor)->group("");  // for the jobs of a chain
  command->add_flag("--take-over", arguments->take_over,
                    "continue although another machine seems to run it; only if you know that it does not");
  command->add_flag("--quiet", arguments->quiet, "only warnings and the result");
  command->footer("Example:\n  stune resume train.stune --trials 200");
  command->callback([&invocation, arguments] {
    invocation.action = [&invocation, arguments] { return resume(*arguments, invocation.mpi); };
  });
}

}  // namespace stune::cli
