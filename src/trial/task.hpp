/// \file What the node program is to do for one attempt: made by a runner, read on the compute node.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "stune/runner.hpp"
#include "trial/folder.hpp"

namespace stune {

struct Task {
  AttemptId id;
  std::string token;                   ///< of the submission
  Parameterization parameters;         ///< for the file $STUNE_PARAMETERS
  std::vector<std::string> arguments;  ///< placeholders filled in; [0] is found in PATH
  std::filesystem::path working_directory;
  std::map<std::string, std::string> environment;  ///< added to what the node program has: STUNE_*
  std::filesystem::path done_marker;               ///< to be made when it ends; empty: none
  std::vector<std::filesystem::path>
      metric_files;       ///< that the application writes; size and CRC go into the exit record
  Seconds time_limit{0};  ///< 0: none; then SIGTERM, and SIGKILL 10 s later
  std::vector<int> cpus;  ///< that the command is bound to; empty: not bound
};

/// The task of `job`: STUNE_TRIAL, STUNE_ATTEMPT, STUNE_TRIAL_DIR, STUNE_ATTEMPT_DIR, STUNE_PARAMETERS and one
/// STUNE_<name> per parameter set (what is no letter or digit becomes _). STUNE_METRICS and STUNE_RESTART are set by
/// the node program, as they depend on the start. A placeholder is {NAME}, where NAME is a parameter, `trial` or
/// `attempt` and looks like a name; {{NAME}} stands for {NAME} itself, ${NAME} and other braces are left alone.
/// In metric_files only {trial} and {attempt} are filled in; relative ones lie in the trial's folder.
/// Pure. Throws ConfigError for a placeholder that names no parameter.
Task make_task(const Workplace& workplace, const std::string& token, const Job& job, bool with_marker);

/// One text with its placeholders filled in, by the same rule.
std::string fill_placeholders(const std::string& text, AttemptId id, const Parameterization& parameters);

/// One line, which parse_task() reads. `origin` names it in the StorageError thrown for text that is no task.
std::string to_text(const Task& task);
Task parse_task(const std::string& text, const std::string& origin);

/// Creates the attempt's folder with task.json, and the folder of its done marker. Repeats are harmless. Throws
/// StorageError.
void write_task(const AttemptFolder& folder, const Task& task);

/// Throws StorageError naming the file.
Task read_task(const std::filesystem::path& file);

/// The file $STUNE_PARAMETERS. Throws StorageError.
void write_parameters(const AttemptFolder& folder, const Parameterization& parameters);

}  // namespace stune
