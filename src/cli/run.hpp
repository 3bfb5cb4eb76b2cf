/// \file How a run ends on the terminal; shared by run and resume.
#pragma once

#include "client/session.hpp"

namespace stune::cli {

/// Prints why the run ended and the best trial on standard output. The exit code of the command.
ExitCode conclude(const Session& session, const RunSummary& summary);

}  // namespace stune::cli
