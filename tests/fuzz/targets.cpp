#include "tests/fuzz/targets.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <cmath>
#include <cstdio>
#include <cstring>

#include "base/clock.hpp"
#include "base/descriptor.hpp"
#include "base/file.hpp"
#include "base/text.hpp"
#include "cli/quantities.hpp"
#include "cli/script.hpp"
#include "experiment/escalation.hpp"
#include "experiment/search_space.hpp"
#include "metrics/schema.hpp"
#include "runners/slurm_advice.hpp"
#include "runners/slurm_escalation.hpp"
#include "runners/slurm_notes.hpp"
#include "runners/slurm_options.hpp"
#include "runners/slurm_parse.hpp"
#include "runners/slurm_verdict.hpp"
#include "storage/codec.hpp"
#include "storage/lock_record.hpp"
#include "storage/telemetry.hpp"
#include "stune/error.hpp"
#include "stune/hdf5_metric.hpp"
#include "stune/objective.hpp"
#include "tests/fuzz/file_targets.hpp"
#include "trial/exit_record.hpp"
#include "trial/folder.hpp"
#include "trial/records.hpp"
#include "trial/signal_sets.hpp"
#include "trial/task.hpp"

namespace stune::fuzz {
namespace {

void sbatch(std::string_view text) {
  CommandResult result;
  const std::size_t half = text.size() / 2;
  result.exit_code = text.empty() ? 0 : text[0] % 3;
  result.output = text.substr(0, half);
  result.error = text.substr(half);
  const auto answer = slurm::parse_sbatch(result);
  must(result.exit_code == 0 || !std::holds_alternative<slurm::Submitted>(answer), "a failure is no submission");
}

void squeue(std::string_view text) {
  for (const auto& row : slurm::parse_squeue(text).rows) slurm::advice(row.reason);
}
void places(std::string_view text) {
  for (const auto& placed : slurm::parse_places(text).jobs) must(!placed.job.empty(), "a job has a number");
}
void sacct(std::string_view text) { slurm::parse_sacct(text); }
void scontrol(std::string_view text) { slurm::parse_config(text); }

void sacctmgr(std::string_view text) { slurm::parse_limits(text, "qos", {"MaxJobsPerUser", "MaxSubmitJobsPerUser"}); }
void job_log(std::string_view text) { slurm::cause_in_log(text); }

void notes(std::string_view text) {
  const slurm::Notes known = slurm::parse_notes(text, TimePoint::max());
  must(slurm::parse_notes(slurm::to_text(known), TimePoint::max()) == known, "notes are read back");
}

void sbatch_options(std::string_view text) {
  for (const auto& word : slurm::split_words(text)) {
    const auto again = slurm::split_words(slurm::quote_word(word));
    must(again.size() == 1 && again[0] == word, "a quoted word is read back");
  }
  slurm::sort_options(slurm::script_words(text, "script"), slurm::typed_words({}, {std::string(text)}));
}

void escalation(std::string_view text) {
  if (const auto limit = slurm::parse_time_limit(std::string(text))) {
    must(slurm::parse_time_limit(slurm::format_time_limit(*limit)) == limit, "a time limit is read back");
  }
  slurm::times_memory(std::string(text), 1.5);
  slurm::with_more(slurm::split_words(text), 2.0, 2.0);
  parse_escalation(std::string(text));
}

void parameter(std::string_view text) { describe(parse_parameter(std::string(text))); }
void metric(std::string_view text) { parse_metric(std::string(text)); }
void objective(std::string_view text) { parse_optimization(std::string(text), {}); }
void script(std::string_view text) { cli::parse_script(text, "script"); }

void journal(std::string_view text) {
  std::string line(text);
  std::array<char, 16> crc{};
  std::snprintf(crc.data(), crc.size(), "%08x", crc32(text));
  line.append(",\"crc\":\"").append(crc.data()).append("\"}");
  Decoder().event(line);
}

void lock(std::string_view text) { storage::decoded(std::string(text)); }
void telemetry(std::string_view text) { parse_telemetry(std::string(text)); }
void task(std::string_view text) { parse_task(std::string(text), "task"); }

void exit_record(std::string_view text) {
  const Descriptor file(::memfd_create("record", MFD_CLOEXEC));
  if (::write(file.get(), text.data(), text.size()) < 0) return;
  const auto record = read_exit_record("/proc/self/fd/" + std::to_string(file.get()));
  if (record) ending_of(*record);
}

void small_texts(std::string_view text) {
  const std::string whole(text);
  parse_marker(whole);
  trial::parse_signal_sets(text);
  parse_iso(text);
  parse_number(text);
  parse_integer(text);
  parse_metric_arguments({whole});
}

void quantities(std::string_view text) {
  const std::string whole(text);
  const auto is_answered = [](const auto& parse) {
    try {
      parse();
    } catch (const ConfigError&) {
      return;
    }
  };
  is_answered([&] { must(cli::parse_duration(whole) >= Seconds{0}, "a duration is never negative"); });
  is_answered([&] { must(std::isfinite(cli::parse_real(whole)), "a number is finite"); });
  is_answered([&] { must(cli::parse_whole(whole, 1, 9) < 10, "a whole number is within its bounds"); });
  const cli::PollPlan plan = cli::parse_poll(whole);
  must(plan.start >= Seconds{0} && std::isfinite(plan.growth), "a poll plan can be followed");
}

/// The bytes as what a file of HDF5 may hold: the first two say what there is of it.
void series(std::string_view text) {
  if (text.size() < 2) return;
  const auto kind = static_cast<unsigned char>(text[0]);
  std::vector<double> numbers((text.size() - 2) / sizeof(double));
  if (!numbers.empty()) std::memcpy(numbers.data(), text.data() + 2, numbers.size() * sizeof(double));
  metrics::Series read;
  const std::size_t count = numbers.size() / (1U + (kind & 1U) + (kind >> 1U & 1U));
  const auto part = [&](std::size_t i) {
    const auto begin = numbers.begin() + static_cast<std::ptrdiff_t>(i * count);
    return std::vector<double>(begin, begin + static_cast<std::ptrdiff_t>(count));
  };
  read.values = {(kind & 4U) != 0 && count == 1, part(0)};
  if ((kind & 1U) != 0) read.steps = part(1);
  if ((kind & 2U) != 0) read.sems = part(1 + (kind & 1U));
  if ((kind & 8U) != 0 && !read.sems.empty()) read.sems.resize(1);
  constexpr std::array words{"last", "min", "max", "mean"};
  const std::string reduce = words[static_cast<unsigned char>(text[1]) % words.size()];
  metrics::reduce_to_final("loss", read, reduce);
  const metrics::Read progression = metrics::to_observations("loss", read, reduce);
  if (const auto* points = std::get_if<std::vector<Observation>>(&progression)) {
    const auto thinned = metrics::thin(metrics::merge(*points, {{"loss", 0, 1.0, 0.1}}));
    must(thinned.size() <= metrics::most_points + 1, "a progression is thinned");
    for (std::size_t i = 0; i + 1 < thinned.size(); ++i) {
      must(std::isfinite(thinned[i].mean), "what is kept is finite, but for the last word");
    }
  }
}

constexpr std::array all{
    Target{"sbatch", sbatch, "4711;alpha\nsbatch: error: Batch job submission failed: Socket timed out\n"},
    Target{"squeue", squeue, "11|11|2|PD||Resources|tok\n12|11|[3-9%2]|R|n[1-2]|job requeued in held state|a|b\n"},
    Target{"places", places, "11|train-coordinator|/home/a|b/train.stune\n12|x|/y\n13|cut\n"},
    Target{"sacct", sacct, "78|78_3|CANCELLED by 0|0:9|None assigned|name|with bars\n"},
    Target{"scontrol", scontrol,
           "ClusterName = a\nMaxArraySize = 1001\nMinJobAge = 300 sec\nSLURM_VERSION = 22.05.8\n"},
    Target{"sacctmgr", sacctmgr, "normal||3\nlong|100|\n"},
    Target{"job_log", job_log,
           "slurmstepd: error: *** JOB 7 ON n1 CANCELLED AT 2026-11-24T02:40:35 DUE TO TIME LIMIT ***\n"},
    Target{"notes", notes,
           "config 1795488170822331 300 1001 1\naccounting 5 2\nmissing 7 0 1795488170822331\nover 8 1 17\n"},
    Target{"sbatch_options", sbatch_options, "#!/bin/sh\n#SBATCH --mem=4G -t 10 'a \\'b' \"c d\" # e\n#SBATCH -x n1\n"},
    Target{"escalation", escalation, "--time=1-12:30:15 --mem 1.5G retry,1.5,3"},
    Target{"parameter", parameter, "lr = log(1e-5, 1e-1, default=1e-3)"},
    Target{"metric", metric, "energy = out.h5:/results/energy, reduce=last, sem=/results/error"},
    Target{"objective", objective, "-loss"},
    Target{"script", script, "#!/bin/sh\n#STUNE --param \"x = float(0, 1)\" --trials 3 # why\necho\n"},
    Target{"journal", journal,
           R"({"seq":1,"at":1,"type":"job","trial":3,"attempt":0,"state":"ended","ending":{"cause":"timeout"})"},
    Target{"lock", lock, R"({"host":"a","pid":1,"nonce":"abc","beat":3})"},
    Target{"telemetry", telemetry, R"({"host":"a","pid":1,"counts":[1,2],"budget":["x"],"cpu_seconds":0.5})"},
    Target{"task", task, R"({"trial":7,"attempt":0,"arguments":["true"],"environment":{"A":"b"},"time_limit":1.5})"},
    Target{"exit_record", exit_record,
           R"({"trial":7,"attempt":0,"start":0,"exit_code":3,"signals":[{"signal":15,"at":"2026-11-23T18:38:53Z"}]})"},
    Target{"claim", claim_file,
           R"({"job":"alpha:4700_3","restart":1,"host":"n1","pid":7,"start_ticks":9,"boot_id":"b","nonce":"n"})"},
    Target{"request", request_file,
           R"({"type":"tell","trial":3,"observations":[{"metric":"a","mean":0.5,"sem":0.1}],"status":"completed"})"},
    Target{"record", record_file, R"({"observations":[{"metric":"accuracy","step":3,"mean":0.9,"sem":0.01}]})"},
    Target{"cgroup", cgroup_files,
           "9:cpuset,memory:/slurm/uid_0/job_7/step_batch\n0::/system.slice/job_7/x\nlow 0\noom_kill 3\n"},
    Target{"environment", environment_file, "HOME=/home/u\nPATH=/bin\nEMPTY=\nODD"},
    Target{"tasks", tasks_file, "000001.0\n000000.0\n"},
    Target{"quantities", quantities, "1-02:30:15"},
    Target{"poll", quantities, "90s,1.5,5m"},
    Target{"series", series, "\003\001aaaaaaaabbbbbbbbccccccccddddddddeeeeeeeeffffffff"},
    Target{"small_texts", small_texts, "000007.0 SigBlk: 0000000000000001\n2026-11-23T18:38:53.123456Z 1e-5"},
};

}  // namespace

std::span<const Target> targets() { return all; }

}  // namespace stune::fuzz
