#include "tests/contract/script_place.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <algorithm>
#include <cerrno>
#include <stdexcept>

#include "base/file.hpp"
#include "base/random.hpp"
#include "trial/folder.hpp"
#include "trial/task.hpp"

namespace stune::contract {
namespace {

namespace fs = std::filesystem;

constexpr const char* script = R"(#!/bin/sh
echo started >> "$STUNE_TRIAL_DIR/starts.$STUNE_ATTEMPT"
case $STUNE_behaviour in
  succeeds) exit 0 ;;
  fails) for line in 1 2 3 4 5 6 7; do echo "line $line"; done; exit 3 ;;
  ignores_requests) trap '' TERM ;;
esac
read -r word < "$STUNE_TRIAL_DIR/told.$STUNE_ATTEMPT"
)";

fs::path trial_file(const fs::path& folder, const char* name, AttemptId id) {
  return ExperimentFolder(folder).trial(id.trial) / (std::string(name) + "." + std::to_string(id.attempt));
}

}  // namespace

ScriptPlace::ScriptPlace(const fs::path& parent) {
  workplace_.folder = parent / ("contract-" + random_name(8) + ".stune");
  workplace_.experiment_id = "contract";
  workplace_.experiment_name = "contract";
  workplace_.environment = current_environment();
  const ExperimentFolder folder(workplace_.folder);
  create_folders(folder.bin());
  create_folders(folder.done());
  fs::copy_file(STUNE_NODE_PROGRAM, folder.node_program());
  workplace_.command.script = workplace_.folder / "script.sh";
  workplace_.working_directory = workplace_.folder;
  replace_file(workplace_.command.script, script, 0700);
}

ScriptPlace::~ScriptPlace() {
  std::error_code ignored;
  fs::remove_all(workplace_.folder, ignored);
}

void ScriptPlace::prepare(AttemptId id) {
  if (pipes_.contains(id)) return;
  const fs::path pipe = trial_file(workplace_.folder, "told", id);
  create_folders(pipe.parent_path());
  if (::mkfifo(pipe.c_str(), 0600) != 0) throw std::runtime_error("cannot make " + pipe.string());
  pipes_[id] = Descriptor(::open(pipe.c_str(), O_RDWR | O_CLOEXEC | O_NONBLOCK));
}

void ScriptPlace::tell(AttemptId id) {
  const auto found = pipes_.find(id);
  if (found == pipes_.end() || ::write(found->second.get(), "go\n", 3) != 3) throw std::runtime_error("cannot tell");
}

int ScriptPlace::starts(AttemptId id) const {
  const std::string text = read_file(trial_file(workplace_.folder, "starts", id)).value_or("");
  return static_cast<int>(std::count(text.begin(), text.end(), '\n'));
}

void ScriptPlace::run_node_program(const Job& job) {
  const ExperimentFolder folder(workplace_.folder);
  write_task(folder.attempt(job.id), make_task(workplace_, "late", job, false));
  SpawnOptions options;
  options.arguments = {folder.node_program().string(), "attempt", folder.attempt(job.id).path().string()};
  options.environment = workplace_.environment;
  pid_t pid = 0;
  if (const int error = spawn(options, pid)) throw std::runtime_error("cannot spawn: " + std::to_string(error));
  while (::waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
  }
}

}  // namespace stune::contract
