#include "trial/attempt.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <iostream>

#include "base/descriptor.hpp"
#include "base/file.hpp"
#include "stune/error.hpp"
#include "trial/cgroup.hpp"
#include "trial/claim.hpp"
#include "trial/descendants.hpp"
#include "trial/exit_record.hpp"
#include "trial/records.hpp"
#include "trial/supervisor.hpp"
#include "trial/task.hpp"
#include "trial/witness.hpp"

namespace stune::trial {
namespace {

namespace fs = std::filesystem;

TimePoint now() { return std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now()); }

/// What changes whenever a file is written; all zero for a file that is not there.
struct Stamp {
  ino_t inode = 0;
  off_t size = 0;
  timespec changed{};

  bool operator==(const Stamp& other) const {
    return inode == other.inode && size == other.size && changed.tv_sec == other.changed.tv_sec &&
           changed.tv_nsec == other.changed.tv_nsec;
  }
};

Stamp stamp_of(const fs::path& file) {
  struct stat found {};
  if (::stat(file.c_str(), &found) != 0) return {};
  return {found.st_ino, found.st_size, found.st_ctim};
}

/// A start that is ours, with what its exit record needs besides the command's fate.
class Start {
 public:
  Start(AttemptFolder folder, int start, const Claimant& claimant) : folder_(std::move(folder)) {
    record_.start = start;
    record_.job = claimant.job;
    record_.restart = claimant.restart;
    record_.host = claimant.host;
    record_.nodes = claimant.nodes;
    record_.started = now();
    const std::string trial = folder_.path().parent_path().filename().string();
    const std::string attempt = folder_.path().filename().string();
    record_.id = parse_marker(trial + "." + attempt.substr(attempt.find('-') + 1)).value_or(AttemptId{});
  }

  int run(const AttemptOptions& options, const Environment& environment) {
    open_output(options.task.has_value());
    try {
      task_ = options.task ? *options.task : read_task(folder_.task());
      record_.id = task_.id;
      if (options.task) write_task(folder_, task_);
      prepare();
    } catch (const Error& e) {
      record_.launched = false;
      record_.error = e.what();
      record_.exit_code = 126;
      finish();
      throw;
    }
    Witness witness({"STUNE_ATTEMPT_DIR=" + folder_.path().string(), "STUNE_RESTART=" + std::to_string(record_.start)},
                    [this] { finish_for_killed(); });
    execute(options, environment, witness);
    finish();
    witness.release();
    if (!record_.launched) std::cerr << "stune: " << record_.error << '\n';
    return record_.signal != 0 ? 128 + record_.signal : record_.exit_code;
  }

 private:
  /// `for_us`: our own messages go there, too.
  void open_output(bool for_us) {
    output_ = Descriptor(::open(folder_.output().c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600));
    if (!output_) {
      std::cerr << "stune: cannot write " << folder_.output() << ": " << std::strerror(errno) << '\n';
    } else if (for_us) {
      ::dup2(output_.get(), STDERR_FILENO);
    }
  }

  void prepare() {
    write_parameters(folder_, task_.parameters);
    for (const fs::path& file : task_.metric_files) stamps_.push_back(stamp_of(file));
    counters_ = oom_counters(read_file("/proc/self/cgroup").value_or(""));
    kills_before_ = count_oom_kills(counters_);
  }

  void execute(const AttemptOptions& options, Environment environment, Witness& witness) {
    for (const auto& [name, value] : task_.environment) environment[name] = value;
    environment["STUNE_METRICS"] = folder_.metrics(record_.start).string();
    environment["STUNE_ATTEMPT_DIR"] = folder_.path().string();
    environment["STUNE_RESTART"] = std::to_string(record_.start);
    std::string& path = environment["PATH"];
    const fs::path experiment = folder_.path().parent_path().parent_path().parent_path();
    path = ExperimentFolder(experiment).bin().string() + (path.empty() ? ":/usr/local/bin:/usr/bin:/bin" : ":" + path);
    adopt_orphans();
    supervise(task_, environment, {options.die_with_parent, output_ ? output_.get() : STDERR_FILENO}, witness, record_);
  }

  void finish() {
    record_.ended = now();
    record_.oom_kills = count_oom_kills(counters_) - kills_before_;
    record_.observations = read_records(folder_, record_.start);
    add_seals();
    write_patiently();
    remove_records(folder_, record_.start);
    if (!task_.done_marker.empty()) {
      const Descriptor marker(::open(task_.done_marker.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    }
  }

  void add_seals() {
    if (auto seal = make_seal(folder_.metrics(record_.start))) record_.seals.push_back(std::move(*seal));
    for (std::size_t i = 0; i < stamps_.size(); ++i) {
      if (stamp_of(task_.metric_files[i]) == stamps_[i]) continue;
      if (auto seal = make_seal(task_.metric_files[i])) record_.seals.push_back(std::move(*seal));
    }
  }

  /// A full disk may get room again: tries for two minutes.
  void write_patiently() {
    constexpr int tries = 60;
    constexpr int pause_ms = 2000;
    for (int i = 1;; ++i) {
      try {
        write_exit_record(folder_.exit_record(record_.start), record_);
        return;
      } catch (const StorageError& e) {
        if (i == 1) std::cerr << "stune: " << e.what() << "; trying again for two minutes" << std::endl;
        if (i == tries) throw;
      }
      ::poll(nullptr, 0, pause_ms);
    }
  }

  /// In the witness, after the node program was killed.
  void finish_for_killed() {
    if (read_exit_record(folder_.exit_record(record_.start))) return;
    record_.signal = 9;
    record_.error = "the node program was killed; its witness ended the command";
    try {
      finish();
    } catch (const std::exception&) {
      return;  // there is nobody left to tell
    }
  }

  AttemptFolder folder_;
  Descriptor output_;
  Task task_;
  ExitRecord record_;
  std::vector<Stamp> stamps_;
  std::vector<fs::path> counters_;
  std::int64_t kills_before_ = 0;
};

}  // namespace

int run_attempt(const AttemptOptions& options, const Environment& environment) {
  take_over_signals();
  std::error_code error;
  // Links are kept: the coordinator knows its files by the names it gave them.
  const fs::path path = fs::absolute(options.folder).lexically_normal();
  // The trial's own folder is not ours to make: without it this start is a stray, of a trial that is over.
  if (options.task) create_folder(path.has_filename() ? path : path.parent_path());
  if (!fs::is_directory(path, error)) throw StorageError("there is no attempt's folder " + path.string());
  const AttemptFolder folder(path.has_filename() ? path : path.parent_path());
  const Claimant claimant = make_claimant(environment);
  const auto answer = claim(folder, claimant);
  if (const auto* refused = std::get_if<Refused>(&answer)) {
    std::cerr << "stune: this attempt is not run again: " << refused->why << '\n';
    return 0;
  }
  return Start(folder, std::get<Claimed>(answer).start, claimant).run(options, environment);
}

}  // namespace stune::trial
