/// \file A run with its reports, and how it ends on the terminal; shared by run, resume and the coordinator as a job.
#pragma once

#include "client/session.hpp"
#include "stune/progress.hpp"

namespace stune::cli {

/// Session::run, or Session::step where only what is due is wanted, with a report now and then: as far as the costs of
/// all runs and steps so far allow it.
RunSummary run_reporting(Session& session, Progress& progress, const Wakeup& interrupt, bool step = false);

/// Prints why the run ended and the best trial on standard output, and writes the report of what has come to an end.
/// The exit code of the command.
ExitCode conclude(Session& session, const RunSummary& summary);

}  // namespace stune::cli
