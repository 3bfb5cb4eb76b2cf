/// \file A run with its reports, and how it ends on the terminal; shared by run, resume and the coordinator as a job.
#pragma once

#include "client/session.hpp"
#include "stune/progress.hpp"

namespace stune::cli {

/// Session::run, or Session::step where only what is due is wanted, with a report now and then where it runs long.
RunSummary run_reporting(Session& session, Progress& progress, const Wakeup& interrupt, bool step = false);

/// Prints why the run ended and the best trial on standard output, and writes the report of what has come to an end.
/// The exit code of the command.
ExitCode conclude(const Session& session, const RunSummary& summary);

}  // namespace stune::cli
