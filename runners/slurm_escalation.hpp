/// \file More time and more memory for a job that ran out of them: in the user's own sbatch options. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "runners/slurm_options.hpp"
#include "stune/trial.hpp"

namespace stune::slurm {

/// Options for sbatch, as words.
using Words = std::vector<std::string>;

/// Is there a --time, or one of --mem, --mem-per-cpu, --mem-per-gpu?
bool asks_for_time(const Words& words);
bool asks_for_memory(const Words& words);

/// Throws ConfigError where more is to be granted of what nobody asked for: there is nothing to multiply.
void check_growth(const UserOptions& options, double time_factor, double memory_factor, Seconds trial_time_limit);

/// The same words with the time limit and the memory multiplied. What cannot be read, UNLIMITED and --mem=0 (all that a
/// node has) stay as they are.
Words with_more(Words words, double time, double memory);

/// MM, MM:SS, HH:MM:SS, D-HH, D-HH:MM, D-HH:MM:SS, as sbatch reads --time.
std::optional<Seconds> parse_time_limit(const std::string& text);
/// D-HH:MM:SS, rounded up.
std::string format_time_limit(Seconds limit);
/// "4G" times 1.5 is "6144M". Nothing if it cannot be read, or is more than any machine has.
std::optional<std::string> times_memory(const std::string& text, double factor);

}  // namespace stune::slurm
