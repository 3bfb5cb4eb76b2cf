/// \file The coordinator as a job: a chain of jobs, each of which submits its successor before it does anything else.
/// The successor waits for its end (--dependency=afterany), so that even a lost node hands over.
///
/// None of them is ever requeued, not by a person either: it would run beside its successor. A job that has ended for
/// Slurm may have left its process alive on a node that is cut off: its successor takes the lock from it, see
/// storage/lock.hpp.
///
///     EXPERIMENT/coordinator/job.sh         what each of them runs; $1 is the job before it
///                            generations    when each began: microseconds since 1970, one a line
///                            slurm-JOB.log  what each said
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/children.hpp"
#include "runners/slurm_interview.hpp"
#include "runners/slurm_options.hpp"
#include "runners/slurm_pace.hpp"

namespace stune::slurm {

struct Chain {
  std::filesystem::path experiment;  ///< its folder
  std::string name;                  ///< of the experiment
};

/// What a coordinator's job asks for: the site's environment, then `options`, each text one or several. Throws
/// ConfigError for those that cannot work.
UserOptions chain_options(const Environment& environment, const std::vector<std::string>& options);

/// Writes job.sh with these options. Throws as chain_options(), and StorageError.
void write_chain(const Chain& chain, const std::filesystem::path& program, const Environment& environment,
                 const std::vector<std::string>& options);

/// Submits the first coordinator; its job id. Where sbatch leaves open whether it did, it is looked for in the queue,
/// for a minute or so. Throws RunnerError.
std::string begin_first_generation(Interview& slurm, Clock& clock, const Chain& chain, const Environment& environment);

/// Notes that a coordinator begins. False: it is the third within a minute, so the chain has to stop. Clocks of nodes
/// may differ: a time that is yet to come stops nothing.
bool begin_generation(const Chain& chain, TimePoint now);

/// The next coordinator's job, which begins after this one has ended. Slurm is asked for it until it is in the queue.
class Successor {
 public:
  /// `self` is the job that this process is. References outlive it, and `commands` is used by nobody else.
  Successor(Commands& commands, Clock& clock, const Chain& chain, const Environment& environment, std::string self);

  /// Goes on; returns at once. To be called now and then until is_submitted().
  void pursue();
  bool is_submitted() const { return !job_.empty(); }
  /// What it has asked of Slurm so far, for people.
  std::vector<std::string> budget(TimePoint now) const;
  /// Blocks until what was asked is answered, minutes at most.
  void settle();
  /// It is not needed. Blocks likewise.
  void withdraw();

 private:
  void read(const Channel::Answer& answer, TimePoint now);

  Commands& commands_;
  Clock& clock_;
  const Chain& chain_;
  const Environment& environment_;
  std::string self_;
  Channel channel_;
  std::string job_;
  bool in_doubt_ = false;  ///< it may be in the queue
  bool warned_ = false;
  TimePoint due_ = TimePoint::min();
  Backoff retries_{Seconds{60}, Seconds{900}};
};

}  // namespace stune::slurm
