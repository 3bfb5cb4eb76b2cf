#include "cli/coordinator.hpp"

#include <algorithm>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "cli/interrupt.hpp"
#include "cli/manners.hpp"
#include "cli/reported_run.hpp"
#include "cli/terminal.hpp"
#include "runners/slurm_chain.hpp"

namespace stune::cli {

namespace {

/// A conversation with Slurm, for as long as this exists.
struct Slurm {
  SystemClock clock;
  std::unique_ptr<Commands> commands = make_child_commands(clock);
  slurm::Interview interview{*commands, clock, current_environment(), {}};
};

/// Looks after the successor between other work, until it is in the queue.
class PursuingProgress : public Progress {
 public:
  PursuingProgress(Progress& inner, slurm::Successor& successor) : inner_(inner), successor_(successor) {}
  void trials_started(std::span<const int> trials) override { inner_.trials_started(trials); }
  void trials_ended(std::span<const int> trials, TrialStatus status) override { inner_.trials_ended(trials, status); }
  void notice(const std::string& text) override { inner_.notice(text); }
  void update(const ProgressSnapshot& snapshot) override {
    successor_.pursue();
    inner_.update(snapshot);
  }
  bool ticks() const override { return inner_.ticks() || !successor_.is_submitted(); }

 private:
  Progress& inner_;
  slurm::Successor& successor_;
};

}  // namespace

void check_coordinator(const std::string& where, const std::string& runner,
                       const std::vector<std::string>& sbatch_options) {
  if (where != "here" && where != "job") {
    throw UsageError("--coordinator: found \"" + where + "\"; valid are here and job");
  }
  if (where == "here") return;
  if (runner != "slurm") {
    throw ConfigError("--coordinator job: trials do not run as Slurm jobs (" + runner +
                      "), and what looks after them must be where they are; valid only with --runner slurm");
  }
  try {
    slurm::chain_options(current_environment(), sbatch_options);
  } catch (const ConfigError& error) {
    throw ConfigError(std::string("--coordinator-sbatch: ") + error.what());
  }
}

std::string begin_chain(Session session, const std::vector<std::string>& sbatch_options) {
  slurm::Chain chain;
  {
    const Session ending = std::move(session);
    chain = {ending.folder(), ending.experiment().definition().name};
  }
  const auto folder = chain.experiment;
  Slurm slurm;
  slurm::write_chain(chain, std::filesystem::read_symlink("/proc/self/exe"), current_environment(), sbatch_options);
  const std::string job = slurm::begin_first_generation(slurm.interview, slurm.clock, chain, current_environment());
  return "Job " + job + " runs the experiment from now on, and hands over to a successor when it ends early.\n" +
         "Look with: stune status " + folder.filename().string() + "\nEnd it with: stune stop " +
         folder.filename().string() + "\n";
}

ExitCode run_generation(const std::filesystem::path& folder, const std::string& predecessor) {
  const Environment environment = current_environment();
  const auto self = environment.find("SLURM_JOB_ID");
  if (self == environment.end()) throw UsageError("--coordinator chain is for jobs that --coordinator job submits");
  const Interrupt interrupt;
  Slurm slurm;
  const slurm::Chain chain{folder, view(folder).experiment.definition().name};
  if (!slurm::begin_generation(chain, slurm.clock.now())) {
    throw RunnerError("three coordinators began within a minute: the chain stops here, see " +
                      (folder / "coordinator").string() + "; continue with: stune resume " + folder.string());
  }
  slurm::Successor successor(*slurm.commands, slurm.clock, chain, environment, self->second);
  // In the queue before anything else happens, if Slurm takes it now.
  successor.pursue();
  successor.settle();
  bool runs = false;
  try {
    const auto progress = make_progress(false);
    PursuingProgress pursuing(*progress, successor);
    SessionParts parts;
    parts.job = self->second;
    parts.ended_job = predecessor;
    parts.budget = [&successor](TimePoint now) { return successor.budget(now); };
    Session session = Session::open(folder, std::move(parts));
    for (const std::string& notice : session.notices()) progress->notice(notice);
    be_modest(session);
    runs = true;
    const RunSummary summary = run_reporting(session, pursuing, interrupt.wakeup());
    if (summary.reason != StopReason::interrupted) successor.withdraw();
    return conclude(session, summary);
  } catch (const StorageError&) {
    // A file system may be well again when the successor begins; an experiment that could not even be opened is in
    // other hands, or damaged.
    if (!runs) successor.withdraw();
    throw;
  } catch (const Error&) {
    successor.withdraw();  // it would meet the same
    throw;
  }
}

}  // namespace stune::cli
