#include "trial/exit_record.hpp"

#include <csignal>
#include <map>
#include <tuple>

#include "base/file.hpp"
#include "stune/error.hpp"
#include "trial/json.hpp"

namespace stune {
namespace {

using trial::Json;

Json encode_record(const ExitRecord& record) {
  Json signals = Json::array();
  for (const ReceivedSignal& received : record.signals) {
    signals.push_back({{"signal", received.signal}, {"at", trial::encode_time(received.at)}});
  }
  Json seals = Json::array();
  for (const FileSeal& seal : record.seals) {
    seals.push_back({{"file", trial::encode_text(seal.file.string())}, {"size", seal.size}, {"crc", seal.crc}});
  }
  return {{"trial", record.id.trial},
          {"attempt", record.id.attempt},
          {"start", record.start},
          {"job", trial::encode_text(record.job)},
          {"restart", record.restart},
          {"host", trial::encode_text(record.host)},
          {"nodes", record.nodes},
          {"started", trial::encode_time(record.started)},
          {"ended", trial::encode_time(record.ended)},
          {"exit_code", record.exit_code},
          {"signal", record.signal},
          {"launched", record.launched},
          {"time_limit", record.time_limit},
          {"error", trial::encode_text(record.error)},
          {"signals", std::move(signals)},
          {"cpu_seconds", record.cpu_seconds},
          {"peak_memory", record.peak_memory},
          {"oom_kills", record.oom_kills},
          {"observations", trial::encode_observations(record.observations)},
          {"seals", std::move(seals)}};
}

TimePoint time_or_none(const Json& json, const char* key) {
  return json.contains(key) ? trial::decode_time(json.at(key)) : TimePoint{};
}

ExitRecord decode_record(const Json& json) {
  ExitRecord record;
  record.id = {trial::decode_integer<int>(json.at("trial")), trial::decode_integer<int>(json.at("attempt"))};
  record.start = trial::member_or(json, "start", 0);
  record.job = trial::text_or(json, "job");
  record.restart = trial::member_or(json, "restart", 0);
  record.host = trial::text_or(json, "host");
  record.nodes = trial::member_or(json, "nodes", 0);
  record.started = time_or_none(json, "started");
  record.ended = time_or_none(json, "ended");
  record.exit_code = trial::member_or(json, "exit_code", 0);
  record.signal = trial::member_or(json, "signal", 0);
  record.launched = trial::member_or(json, "launched", true);
  record.time_limit = trial::member_or(json, "time_limit", false);
  record.error = trial::text_or(json, "error");
  record.cpu_seconds = trial::member_or(json, "cpu_seconds", 0.0);
  record.peak_memory = trial::member_or(json, "peak_memory", std::int64_t{0});
  record.oom_kills = trial::member_or(json, "oom_kills", std::int64_t{0});
  for (const Json& entry : json.value("signals", Json::array())) {
    record.signals.push_back({trial::decode_integer<int>(entry.at("signal")), time_or_none(entry, "at")});
  }
  record.observations = trial::decode_observations(json.value("observations", Json::array()));
  for (const Json& entry : json.value("seals", Json::array())) {
    record.seals.push_back({trial::decode_text(entry.at("file")),
                            trial::decode_integer<std::uint64_t>(entry.at("size")),
                            trial::decode_integer<std::uint32_t>(entry.at("crc"))});
  }
  return record;
}

std::string signal_name(int signal) {
  static const std::map<int, const char*> names = {
      {SIGHUP, "SIGHUP"},   {SIGINT, "SIGINT"},   {SIGQUIT, "SIGQUIT"}, {SIGILL, "SIGILL"},   {SIGABRT, "SIGABRT"},
      {SIGBUS, "SIGBUS"},   {SIGFPE, "SIGFPE"},   {SIGKILL, "SIGKILL"}, {SIGUSR1, "SIGUSR1"}, {SIGSEGV, "SIGSEGV"},
      {SIGUSR2, "SIGUSR2"}, {SIGPIPE, "SIGPIPE"}, {SIGTERM, "SIGTERM"}, {SIGXCPU, "SIGXCPU"}, {SIGXFSZ, "SIGXFSZ"}};
  const auto found = names.find(signal);
  return found != names.end() ? found->second : "signal " + std::to_string(signal);
}

bool ends_processes(int signal) {
  return signal == SIGTERM || signal == SIGINT || signal == SIGHUP || signal == SIGQUIT || signal == SIGXCPU;
}

std::string how_it_ended(const ExitRecord& record) {
  if (record.signal != 0) return "killed by " + signal_name(record.signal);
  return "exit code " + std::to_string(record.exit_code);
}

std::pair<Cause, std::string> judge(const ExitRecord& record) {
  const int asked = termination_signal(record);
  const std::string after = asked != 0 ? " after " + signal_name(asked) : "";
  if (record.time_limit) return {Cause::timeout, "time limit of the trial; " + how_it_ended(record)};
  if (!record.launched) return {asked != 0 ? Cause::interrupted : Cause::launch_failure, record.error};
  const bool well = record.exit_code == 0 && record.signal == 0 && record.error.empty();
  if (record.oom_kills > 0 && !well) {
    return {Cause::out_of_memory, how_it_ended(record) + "; the kernel killed " + std::to_string(record.oom_kills) +
                                      " process(es) of its cgroup for lack of memory"};
  }
  if (!record.error.empty()) return {Cause::lost, record.error};
  if (asked != 0) return {Cause::interrupted, how_it_ended(record) + after};
  if (well) return {Cause::completed, {}};
  return {record.signal != 0 ? Cause::signal : Cause::exit_code, how_it_ended(record)};
}

}  // namespace

void write_exit_record(const std::filesystem::path& file, const ExitRecord& record) {
  replace_file(file, encode_record(record).dump() + "\n");
}

std::optional<ExitRecord> read_exit_record(const std::filesystem::path& file) {
  try {
    const auto text = read_file(file);
    if (!text) return std::nullopt;
    return decode_record(Json::parse(*text));
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

Ending ending_of(const ExitRecord& record) {
  Ending ending;
  std::tie(ending.cause, ending.detail) = judge(record);
  ending.exit_code = record.exit_code;
  ending.signal = record.signal;
  ending.host = record.host;
  ending.nodes = record.nodes;
  if (record.started != TimePoint{}) ending.started = record.started;
  if (record.ended != TimePoint{}) ending.ended = record.ended;
  ending.cpu_seconds = record.cpu_seconds;
  ending.peak_memory = record.peak_memory;
  return ending;
}

int termination_signal(const ExitRecord& record) {
  for (const ReceivedSignal& received : record.signals) {
    if (ends_processes(received.signal)) return received.signal;
  }
  return 0;
}

bool ended_from_outside(const ExitRecord& record) {
  const Ending ending = ending_of(record);
  // So a shell ends whose child was killed; its own signal, and ours, may be a moment behind.
  const bool tells_of_a_kill = record.exit_code == 128 + SIGKILL || record.exit_code == 128 + SIGTERM;
  return ending.cause == Cause::interrupted || ending.cause == Cause::lost ||
         (ending.cause == Cause::exit_code && tells_of_a_kill) ||
         (ending.cause == Cause::signal && (record.signal == SIGKILL || ends_processes(record.signal)));
}

}  // namespace stune
