#include "tests/fuzz/targets.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <cassert>
#include <cstdio>
#include <cstdlib>

#include "base/clock.hpp"
#include "base/descriptor.hpp"
#include "base/file.hpp"
#include "base/text.hpp"
#include "cli/script.hpp"
#include "experiment/escalation.hpp"
#include "experiment/search_space.hpp"
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
#include "trial/exit_record.hpp"
#include "trial/folder.hpp"
#include "trial/records.hpp"
#include "trial/signal_sets.hpp"
#include "trial/task.hpp"

namespace stune::fuzz {
namespace {

/// Holds in every build, as assert does not.
void must(bool condition, const char* what) {
  if (condition) return;
  std::fprintf(stderr, "broken law: %s\n", what);
  std::abort();
}

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

constexpr std::array all{
    Target{"sbatch", sbatch, "4711;alpha\nsbatch: error: Batch job submission failed: Socket timed out\n"},
    Target{"squeue", squeue, "11|11|2|PD||Resources|tok\n12|11|[3-9%2]|R|n[1-2]|job requeued in held state|a|b\n"},
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
    Target{"small_texts", small_texts, "000007.0 SigBlk: 0000000000000001\n2026-11-23T18:38:53.123456Z 1e-5"},
};

}  // namespace

std::span<const Target> targets() { return all; }

}  // namespace stune::fuzz
