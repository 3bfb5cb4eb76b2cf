/// \file What run_trials() was told, as the options of a run. Pure.
#pragma once

#include "experiment/options.hpp"
#include "stune/configuration.hpp"

namespace stune {

struct PerTrialOptions;

/// Throws ConfigError naming the member, what was found and what is valid.
void check(const OrchestrationConfig& config);

/// `options` with what is journaled of `config`. How often a TrialRunner is asked is not: only the program that brings
/// it can run it again.
RunOptions orchestrated(RunOptions options, const OrchestrationConfig& config);

PerTrialOptions polling(const OrchestrationConfig& config);

}  // namespace stune
