/// \file What is submitted: the script, sbatch's command line and the environments. Pure, but for one look at a file.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/children.hpp"
#include "runners/slurm_options.hpp"

namespace stune::slurm {

/// One sbatch call: several attempts become an array in their order.
struct JobPlan {
  std::string token;       ///< becomes the job's name
  std::string experiment;  ///< its name, for people
  std::filesystem::path submission_folder;
  std::filesystem::path node_program;
  std::filesystem::path working_directory;        ///< exists
  std::vector<std::filesystem::path> attempts;    ///< their folders
  std::vector<std::string> script_options;        ///< words; placeholders filled in
  std::vector<std::string> command_line_options;  ///< words; placeholders filled in
  std::string exclude;                            ///< nodes
  bool has_export = false;
  bool has_comment = false;
  bool requeue = false;
};

/// POSIX sh, from jobscripts/job.sh.in. Paths may hold anything but NUL.
std::string make_script(const JobPlan& plan);

/// Without the program's name. The script is read from `script`.
std::vector<std::string> sbatch_arguments(const JobPlan& plan, const std::filesystem::path& script);

/// Where Slurm writes about a job ("4711", "4700_3") of a submission, or of a coordinator.
std::filesystem::path job_log(const std::filesystem::path& folder, const std::string& job);
/// The same for --output. `job`: with patterns of sbatch, which `folder` has none of, whatever it is called.
std::string job_log_pattern(const std::filesystem::path& folder, const std::string& job);

/// What sbatch runs with, and hence each job: the saved environment without what belongs to another job or node, and
/// where Slurm is configured, from `current`.
Environment job_environment(const Environment& saved, const Environment& current);

/// Where Slurm is: `current`, and what cron and scrontab leave out of it as it was when the experiment began: the PATH,
/// and SLURM_CONF where that file is still there. Looks at the file.
Environment with_surroundings(Environment current, const Environment& saved);

/// What every other Slurm command runs with: none of the variables that change what it shows.
Environment query_environment(const Environment& current);

/// In single quotes for sh.
std::string shell_quoted(std::string_view text);

/// jobscripts/job.sh.in, compiled in.
std::string_view job_template();

}  // namespace stune::slurm
