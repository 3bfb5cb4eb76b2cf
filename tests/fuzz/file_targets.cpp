#include "tests/fuzz/file_targets.hpp"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>

#include "base/file.hpp"
#include "base/log.hpp"
#include "client/founding.hpp"
#include "storage/requests.hpp"
#include "stune/error.hpp"
#include "stune/slurm_runner.hpp"
#include "tests/runners/fake_slurm.hpp"
#include "tests/support/fake_clock.hpp"
#include "tests/support/temporary_folder.hpp"
#include "trial/cgroup.hpp"
#include "trial/claim.hpp"
#include "trial/records.hpp"

namespace stune::fuzz {
namespace {

/// One folder for all texts: each target has files of its own there. In memory where that can be, for what syncs.
const std::filesystem::path& place() {
  static const char* const memory = "/dev/shm";
  static const bool has_memory = ::access(memory, W_OK) == 0;
  static const TemporaryFolder folder(has_memory ? memory : std::filesystem::temp_directory_path());
  return folder.path();
}

std::filesystem::path write(const std::filesystem::path& file, std::string_view text) {
  std::filesystem::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary) << text;
  return file;
}

/// Programs for a PATH: the fake Slurm answers in their place.
bool have_tools() {
  const std::filesystem::path folder = place() / "tools";
  for (const char* tool : {"scontrol", "sbatch", "squeue", "sacct", "scancel"}) {
    std::filesystem::permissions(write(folder / tool, "#!/bin/sh\n"), std::filesystem::perms::owner_all);
  }
  return ::setenv("PATH", folder.c_str(), 1) == 0;
}

/// An array of two whose coordinator died: which task is which attempt is in its file `tasks`.
void adopt_array(const std::filesystem::path& folder) {
  static const bool is_ready = have_tools();
  must(is_ready, "a PATH can be set");
  FakeClock clock;
  slurm::FakeSlurm slurm;
  for (const char* task : {"100_0", "100_1"}) slurm.jobs[task].name = "token";
  Workplace workplace;
  workplace.folder = workplace.working_directory = folder;
  workplace.command.arguments = {"true"};
  workplace.clock = &clock;
  workplace.commands = &slurm;
  SlurmRunner runner{SlurmOptions{}};
  runner.open(workplace);
  runner.adopt({{"token", {{{0, 0}, {}}, {{1, 0}, {}}}}});
  for (int look = 0; look < 9 && runner.busy(); ++look) runner.poll(clock.now());
}

}  // namespace

void must(bool condition, const char* what) {
  if (condition) return;
  std::fprintf(stderr, "broken law: %s\n", what);
  std::abort();
}

void claim_file(std::string_view text) {
  const AttemptFolder attempt(place() / "claimed");
  write(attempt.claim(0), text);
  const auto start = last_start(attempt);
  must(!start || start->start == 0, "a claim is of the start that its name says");
}

void request_file(std::string_view text) {
  write(place() / "requests" / "one.json", text);
  const Inbox inbox = read_requests(place());
  must(inbox.requests.size() + inbox.notices.size() == 1, "a request is understood or put aside");
}

void record_file(std::string_view text) {
  const AttemptFolder attempt(place() / "told");
  write(attempt.records() / "0001.0.name.json", text);
  read_records(attempt, 0);
}

void cgroup_files(std::string_view text) {
  trial::oom_counters(text);
  trial::count_oom_kills({write(place() / "memory.events", text)});
}

void environment_file(std::string_view text) {
  write(place() / "environment", text);
  for (const auto& [name, value] : read_environment(place())) {
    must(name.find('=') == std::string::npos, "a name ends where its value begins");
  }
}

void tasks_file(std::string_view text) {
  log::set_quiet(true);
  write(place() / "array" / "submissions" / "000000" / "tasks", "token\n" + std::string(text));
  adopt_array(place() / "array");
}

}  // namespace stune::fuzz
