#include "cli/reported_run.hpp"

#include <iostream>

#include "base/clock.hpp"
#include "cli/background_report.hpp"
#include "cli/describe.hpp"
#include "cli/quantities.hpp"
#include "cli/sparkline.hpp"
#include "cli/unreported.hpp"
#include "client/report_file.hpp"
#include "runners/mpi_surroundings.hpp"
#include "trial/folder.hpp"

namespace stune::cli {
namespace {

std::string going_on_text(const Session& session) {
  const std::string folder = session.folder().filename().string();
  if (session.experiment().options().runner == "mpi") {
    return "Trials that run are given time to end. Continue with the same command, or: mpirun -n 9 stune resume " +
           folder + "\n";
  }
  return "Jobs that run or wait go on. Continue with: stune resume " + folder + "\nCancel them with: stune stop " +
         folder + "\n";
}

/// Where the launcher gives trials less time than we do.
std::string launcher_text(const Session& session) {
  const std::string advice = mpi::advice_for_signals(current_environment());
  if (session.experiment().options().runner != "mpi" || advice.empty()) return {};
  return "Open MPI's mpirun kills what runs one second after SIGTERM or Ctrl-C; for more time, " + advice + "\n";
}

/// Where to read on, when too many have failed.
std::string output_text(const Session& session) {
  const auto id = last_failure(session.experiment());
  if (!id) return "\n";
  if (session.experiment().options().keep == "best") {
    return "What is known of trial " + std::to_string(id->trial) + ": stune explain " +
           session.folder().filename().string() + " " + std::to_string(id->trial) + "\n";
  }
  return "The output of trial " + std::to_string(id->trial) + " is in " +
         ExperimentFolder(session.folder().filename()).attempt(*id).output().string() + "\n";
}

std::string ending_text(const Session& session, const RunSummary& summary) {
  const std::string folder = session.folder().filename().string();
  const std::string going_on = going_on_text(session);
  const std::string elapsed = to_words(summary.progress.elapsed);
  switch (summary.reason) {
    case StopReason::finished:
      return "All " + counted(summary.progress.wanted, "trial") + " are in, after " + elapsed + ".\n";
    case StopReason::exhausted:
      return "Every point of the search space has been tried, after " + elapsed + ".\n";
    case StopReason::stopped:
      return "Stopped; its jobs were cancelled. Continue with: stune resume " + folder + "\n";
    case StopReason::interrupted:
      return "Interrupted. " + going_on + launcher_text(session);
    case StopReason::time_limit:
      return "The time for this run is over. " + going_on;
    case StopReason::failure_rate:
      return "Jobs were cancelled. " + output_text(session);
    case StopReason::idle:
      break;
  }
  return "Nothing is due now; " + std::to_string(summary.progress.running) + " running, " +
         std::to_string(summary.progress.pending) + " pending.\n";
}

/// Writes it. Where that fails, the run has succeeded all the same.
std::string report_text(Session& session) {
  if (session.experiment().trials().empty()) return {};
  std::cout.flush();
  const std::string folder = session.folder().filename().string();
  if (BackgroundReport(session).write_last()) return "Report: " + folder + "/" + report_name + "\n";
  return "No report was written; try: stune report " + folder + "\n";
}

}  // namespace

RunSummary run_reporting(Session& session, Progress& progress, const Wakeup& interrupt, bool step) {
  BackgroundReport report(session);
  if (!step) {
    ReportingProgress reporting(progress, report);
    return session.run(reporting, &interrupt);
  }
  const Sequence before = session.experiment().last_sequence();
  RunSummary summary = session.step(progress, &interrupt);
  if (summary.reason != StopReason::idle || session.experiment().last_sequence() == before) return summary;
  report.consider();
  report.finish();
  return summary;
}

ExitCode conclude(Session& session, const RunSummary& summary) {
  if (!summary.message.empty()) std::cerr << "stune: " << summary.message << "\n";
  if (summary.reason != StopReason::idle) std::cerr << unreported_text(session.folder(), session.experiment());
  std::cout << ending_text(session, summary);
  if (summary.reason != StopReason::idle) {
    std::cout << best_text(session.experiment());
    if (const std::string trace = trace_text(session.experiment()); !trace.empty()) std::cout << trace << "\n";
  }
  // Who interrupts wants to leave; and then there is `stune report`.
  if (summary.reason != StopReason::idle && summary.reason != StopReason::interrupted) {
    std::cout << report_text(session);
  }
  return exit_code(summary);
}

}  // namespace stune::cli
