/// \file Every file name of an experiment that trials and runners touch, in one place.
///
///     trials/000007/                       the trial's folder; survives attempts (checkpoints go here)
///     trials/000007/attempt-0/task.json    what the node program is to do (trial/task.hpp)
///                            parameters.json   $STUNE_PARAMETERS: {"lr": 0.1, ...}
///                            claim.S       who made start S of this attempt, or that it is fenced (trial/claim.hpp)
///                            exit.S.json   how start S ended (trial/exit_record.hpp)
///                            metrics.S.h5  $STUNE_METRICS of start S
///                            records/      what `stune metric` wrote, until the wrapper has merged it
///                            output.log    the command's output, all starts
///     trials/.removed/                     trials' folders that are being removed: no start finds them any more
///     submissions/000003/                  script, tasks and Slurm's own log of one sbatch call
///     done/000007.0                        marker of a finished start: trial.attempt. The coordinator removes it first
///                                          and reads the exit records then, so that no later start is overlooked
///     bin/stune                            the node program
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "stune/trial.hpp"

namespace stune {

/// Metadata that runners report with a job and Hdf5Metric looks for: numbers as text. Without them the metric takes
/// attempt 0 and the last start.
inline constexpr const char* attempt_key = "attempt";
inline constexpr const char* start_key = "start";
/// Metadata of attempts that share a folder in submissions/: its number.
inline constexpr const char* submission_key = "submission";

class AttemptFolder {
 public:
  explicit AttemptFolder(std::filesystem::path attempt_folder) : path_(std::move(attempt_folder)) {}
  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path task() const;
  std::filesystem::path parameters() const;
  std::filesystem::path claim(int start) const;
  std::filesystem::path exit_record(int start) const;
  std::filesystem::path metrics(int start) const;
  std::filesystem::path records() const;
  std::filesystem::path output() const;

 private:
  std::filesystem::path path_;
};

class ExperimentFolder {
 public:
  explicit ExperimentFolder(std::filesystem::path folder) : path_(std::move(folder)) {}
  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path bin() const;
  std::filesystem::path trials() const;
  std::filesystem::path trial(int index) const;
  std::filesystem::path removed() const;
  std::filesystem::path submissions() const;
  AttemptFolder attempt(AttemptId id) const;
  std::filesystem::path submission(int number) const;
  std::filesystem::path done() const;
  std::filesystem::path done_marker(AttemptId id) const;
  std::filesystem::path node_program() const;

 private:
  std::filesystem::path path_;
};

/// The numbers of the folders in trials() or submissions(), ascending. Never throws.
std::vector<int> numbered_folders(const std::filesystem::path& parent);
/// The attempt a marker's file name speaks of; nothing if it is no marker.
std::optional<AttemptId> parse_marker(const std::string& file_name);
/// Attempts with a marker in done/, by reading the folder (never by stat: negative attribute caches). Never throws.
std::vector<AttemptId> finished_attempts(const ExperimentFolder& folder);

}  // namespace stune
