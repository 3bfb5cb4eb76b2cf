#include "tests/runners/fake_slurm.hpp"

#include <algorithm>
#include <cerrno>

namespace stune::slurm {
namespace {

CommandResult result(int exit_code, std::string output, std::string error = {}) {
  CommandResult result;
  result.exit_code = exit_code;
  result.output = std::move(output);
  result.error = std::move(error);
  result.elapsed = Seconds(0.01);
  return result;
}

std::string program_of(const CommandCall& call) {
  const std::string& path = call.arguments.front();
  return path.substr(path.rfind('/') + 1);
}

/// The value of --name=VALUE, or nothing.
std::optional<std::string> option(const CommandCall& call, const std::string& name) {
  const std::string start = "--" + name + "=";
  for (const std::string& argument : call.arguments) {
    if (argument.starts_with(start)) return argument.substr(start.size());
  }
  return {};
}

}  // namespace

CommandId FakeSlurm::start(CommandCall call) {
  calls.push_back(call);
  const auto id = static_cast<CommandId>(calls.size());
  finished_.emplace_back(id, answer(program_of(call), call));
  wakeup_.notify();
  return id;
}

std::vector<std::pair<CommandId, CommandResult>> FakeSlurm::finished() {
  wakeup_.drain();
  return std::exchange(finished_, {});
}

std::vector<CommandCall> FakeSlurm::calls_of(const std::string& program) const {
  std::vector<CommandCall> found;
  for (const CommandCall& call : calls) {
    if (program_of(call) == program) found.push_back(call);
  }
  return found;
}

int FakeSlurm::count(const std::string& program) const { return static_cast<int>(calls_of(program).size()); }

CommandResult FakeSlurm::answer(const std::string& program, const CommandCall& call) {
  if (const auto said = words.find(program); said != words.end()) return said->second;
  if (program == "sacct") return account(call);
  if (program == "sbatch") return submit(call);
  if (down) return result(1, "", program + ": error: Unable to contact slurm controller (connect failure)\n");
  if (program == "squeue") return queue(call);
  if (program == "scancel") return cancel(call);
  return result(0, std::string("ClusterName = fake\nMaxArraySize = 1001\nMinJobAge = 300 sec\n"));
}

CommandResult FakeSlurm::submit(const CommandCall& call) {
  if (down) {
    return result(1, "",
                  "sbatch: error: Batch job submission failed: Unable to contact slurm controller (connect failure)");
  }
  if (!refusals.empty()) {
    const std::string text = refusals.front();
    refusals.pop_front();
    return result(1, "", text);
  }
  const Submit kind = every_submit.value_or(std::exchange(next_submit, Submit::accepts));
  if (kind == Submit::cannot_start) {
    CommandResult not_started = result(127, "", "cannot start sbatch: Resource temporarily unavailable");
    not_started.could_not_start = EAGAIN;
    return not_started;
  }
  if (kind == Submit::meets_own_limit) {
    return result(1, "", "sbatch: error: AssocMaxSubmitJobLimit\nsbatch: error: Batch job submission failed: ...\n");
  }
  const std::string lost = "sbatch: error: Batch job submission failed: Socket timed out on send/recv operation\n";
  if (kind == Submit::loses_request) return result(1, "", lost);
  const std::string id = std::to_string(next_job_++);
  FakeJob job;
  job.name = option(call, "job-name").value_or("");
  job.folder = option(call, "chdir").value_or("");
  if (const auto array = option(call, "array")) {
    const int last = std::stoi(array->substr(2));
    for (int i = 0; i <= last; ++i) jobs[id + "_" + std::to_string(i)] = job;
  } else {
    jobs[id] = job;
  }
  if (kind == Submit::takes_it_and_refuses) {
    return result(1, "", "sbatch: error: Batch job submission failed: Resource temporarily unavailable\n");
  }
  return kind == Submit::accepts ? result(0, id + "\n") : result(1, "", lost);
}

CommandResult FakeSlurm::queue(const CommandCall& call) const {
  std::string text;
  for (const auto& [id, job] : jobs) {
    if (empty || !job.in_queue) continue;
    if (call.arguments.back() == "%A|%j|%Z") {
      text.append(id).append("|").append(job.name).append("|").append(job.folder).append("\n");
      continue;
    }
    const std::size_t bar = id.find('_');
    const std::string array = id.substr(0, bar);
    const std::string task = bar == std::string::npos ? "N/A" : id.substr(bar + 1);
    const std::string state = job.state.substr(0, job.state.find(' '));
    text.append(array).append("|").append(array).append("|").append(task).append("|");
    text.append(state)
        .append("|")
        .append(state == "PENDING" ? "" : "n1")
        .append("|")
        .append(job.reason)
        .append("|")
        .append(job.name)
        .append("\n");
  }
  return result(0, text);
}

CommandResult FakeSlurm::account(const CommandCall& call) const {
  if (!accounting) return result(1, "", "Slurm accounting storage is disabled\n");
  if (database_down) return result(1, "", "sacct: error: Problem talking to the database: Connection refused\n");
  std::string text;
  for (const auto& [id, job] : jobs) {
    if (!job.in_accounting) continue;
    const std::string raw = id.substr(0, id.find('_'));
    std::string shown = id;
    if (!split && raw != id) {
      // Asked for a task, sacct knows nothing of such a line.
      const bool by_task = call.arguments.back().find(raw + "_") != std::string::npos;
      if (!id.ends_with("_0") || by_task) continue;
      const auto tasks =
          std::count_if(jobs.begin(), jobs.end(), [&](const auto& j) { return j.first.starts_with(raw + "_"); });
      shown = raw + "_[0-" + std::to_string(tasks - 1) + "]";
    }
    text.append(raw)
        .append("|")
        .append(shown)
        .append("|")
        .append(job.state)
        .append("|0:0|n1|")
        .append(job.name)
        .append("\n");
  }
  return result(0, text);
}

CommandResult FakeSlurm::cancel(const CommandCall& call) {
  if (cancel_fails) return result(8, "", "scancel: error: Unable to contact slurm controller");
  for (std::size_t i = 1; i < call.arguments.size(); ++i) {
    const auto job = jobs.find(call.arguments[i]);
    if (job != jobs.end()) job->second.state = "CANCELLED by 4242";
  }
  return result(0, "");
}

}  // namespace stune::slurm
