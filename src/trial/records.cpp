#include "trial/records.hpp"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <map>

#include "base/file.hpp"
#include "base/random.hpp"
#include "stune/error.hpp"
#include "stune/value.hpp"
#include "trial/json.hpp"

namespace stune {
namespace {

constexpr const char* usage = "use: stune metric NAME=VALUE [NAME=VALUE ...] [--sem S] [--step K]";

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

/// `place` is what the user wrote, for the message.
double parse_real(std::string_view text, const std::string& place) {
  text = trimmed(text);
  if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
  double number = 0.0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc::result_out_of_range && end == text.data() + text.size()) {
    throw UsageError("'" + place + "' is too large or too small for a number");
  }
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) {
    throw UsageError("'" + place + "': '" + std::string(text) + "' is no number (as in 0.93, 1e-3, nan); " + usage);
  }
  return number;
}

std::int64_t parse_step(std::string_view text) {
  std::int64_t step = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), step);
  if (text.empty() || error != std::errc() || end != text.data() + text.size() || step < 0) {
    throw UsageError("--step '" + std::string(text) + "' is no whole number >= 0");
  }
  return step;
}

struct Options {
  std::vector<std::string> pairs;
  std::optional<std::string> sem;
  std::optional<std::string> step;
};

Options split_options(const std::vector<std::string>& arguments) {
  Options options;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& argument = arguments[i];
    const std::string name = argument.substr(0, argument.find('='));
    if (name != "--sem" && name != "--step") {
      if (argument.starts_with("--")) throw UsageError("unknown option '" + argument + "'; " + usage);
      options.pairs.push_back(argument);
      continue;
    }
    auto& value = name == "--sem" ? options.sem : options.step;
    if (value) throw UsageError(name + " is given twice");
    if (name.size() < argument.size()) {
      value = argument.substr(name.size() + 1);
    } else if (i + 1 < arguments.size()) {
      value = arguments[++i];
    } else {
      throw UsageError(name + " needs a value; " + usage);
    }
  }
  return options;
}

Observation parse_pair(const std::string& pair) {
  const std::size_t equals = pair.find('=');
  Observation observation;
  observation.metric = trimmed(std::string_view(pair).substr(0, equals));
  if (equals == std::string::npos || observation.metric.empty()) {
    throw UsageError("'" + pair + "' is not of the form NAME=VALUE; " + usage);
  }
  observation.mean = parse_real(std::string_view(pair).substr(equals + 1), pair);
  return observation;
}

std::string suffix_of(int start) { return "." + std::to_string(start) + "."; }

/// The files of `start`, in the order they were written.
std::vector<std::filesystem::path> list_records(const AttemptFolder& folder, int start) {
  std::vector<std::filesystem::path> files;
  std::error_code error;
  std::filesystem::directory_iterator entry(folder.records(), error);
  for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    const std::size_t dot = name.find('.');
    if (name.ends_with(".json") && dot != 0 && name.compare(dot, suffix_of(start).size(), suffix_of(start)) == 0) {
      files.push_back(entry->path());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::string record_name(int start) {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const long long nanoseconds = std::chrono::duration_cast<std::chrono::nanoseconds>(now).count();
  char text[32];
  std::snprintf(text, sizeof text, "%020lld", nanoseconds);
  return text + suffix_of(start) + random_name(8) + ".json";
}

/// When the call was made that left this file.
std::optional<TimePoint> told_at(const std::filesystem::path& file) {
  const std::string name = file.filename().string();
  std::int64_t nanoseconds = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), nanoseconds);
  if (error != std::errc() || *end != '.') return std::nullopt;
  return TimePoint{std::chrono::duration_cast<TimePoint::duration>(std::chrono::nanoseconds(nanoseconds))};
}

const std::string& required(const Environment& environment, const char* name) {
  const auto found = environment.find(name);
  if (found == environment.end() || found->second.empty()) {
    throw UsageError(std::string(name) + " is not set: it must be left as the trial found it");
  }
  return found->second;
}

}  // namespace

std::vector<Observation> parse_metric_arguments(const std::vector<std::string>& arguments) {
  const Options options = split_options(arguments);
  std::vector<Observation> observations;
  for (const std::string& pair : options.pairs) observations.push_back(parse_pair(pair));
  if (observations.empty()) throw UsageError(std::string("no value given; ") + usage);
  if (options.sem && observations.size() > 1) {
    throw UsageError("--sem belongs to one metric: report each one that has a standard error in a call of its own");
  }
  for (Observation& observation : observations) {
    if (options.step) observation.step = parse_step(*options.step);
    if (!options.sem) continue;
    observation.sem = parse_real(*options.sem, "--sem " + *options.sem);
    if (observation.sem < 0) throw UsageError("--sem " + *options.sem + ": a standard error is never negative");
  }
  return observations;
}

void write_record(const AttemptFolder& folder, int start, const std::vector<Observation>& observations) {
  create_folder(folder.records());  // never the attempt's folder, which may have been removed for good
  const trial::Json json{{"observations", trial::encode_observations(observations)}};
  replace_file(folder.records() / record_name(start), json.dump() + "\n");
}

std::vector<Observation> read_records(const AttemptFolder& folder, int start) {
  std::vector<Observation> result;
  std::map<std::pair<std::string, std::int64_t>, std::size_t> places;
  for (const auto& file : list_records(folder, start)) {
    try {
      const auto json = trial::Json::parse(read_file(file).value_or("{}"));
      for (Observation& observation : trial::decode_observations(json.at("observations"))) {
        if (observation.step != final_step) observation.at = told_at(file);
        const auto [place, is_new] = places.try_emplace({observation.metric, observation.step}, result.size());
        if (is_new) {
          result.push_back(std::move(observation));
        } else {
          result[place->second] = std::move(observation);
        }
      }
    } catch (const std::exception&) {
      continue;  // only a foreign or damaged file: ours appear whole
    }
  }
  return result;
}

void remove_records(const AttemptFolder& folder, int start) {
  std::error_code ignored;
  for (const auto& file : list_records(folder, start)) std::filesystem::remove(file, ignored);
  if (std::filesystem::is_empty(folder.records(), ignored)) std::filesystem::remove(folder.records(), ignored);
}

namespace {

/// A script that is tried by hand goes through, and shows what it would have reported.
void show(const std::vector<Observation>& observations) {
  for (const Observation& o : observations) {
    std::string text = o.metric + " = " + to_string(Value{o.mean});
    if (!std::isnan(o.sem)) text += " +- " + to_string(Value{o.sem});
    if (o.step != final_step) text += " at step " + std::to_string(o.step);
    std::printf("%s\n", text.c_str());
  }
  std::fprintf(stderr, "stune: not recorded: `stune metric` reports to the trial it is called in, and this is none\n");
}

}  // namespace

void report_metrics(const std::vector<std::string>& arguments, const Environment& environment) {
  const auto observations = parse_metric_arguments(arguments);
  if (!environment.contains("STUNE_RESTART")) return show(observations);
  const AttemptFolder folder(required(environment, "STUNE_ATTEMPT_DIR"));
  const std::string& restart = required(environment, "STUNE_RESTART");
  int start = 0;
  const auto [end, error] = std::from_chars(restart.data(), restart.data() + restart.size(), start);
  if (error != std::errc() || end != restart.data() + restart.size() || start < 0) {
    throw UsageError("STUNE_RESTART is '" + restart + "', which is no number: it must be left as the trial found it");
  }
  write_record(folder, start, observations);
}

const char* metric_help() {
  return "Reports what a trial measured; outside a trial it only prints it.\n"
         "\n"
         "  stune metric NAME=VALUE [NAME=VALUE ...] [--sem S] [--step K]\n"
         "\n"
         "  NAME=VALUE   the final value of a metric, for example accuracy=0.93\n"
         "  --step K     it is the value at step K of a progression (K = 0, 1, ...)\n"
         "  --sem S      its standard error; 0 says that it is exact\n"
         "\n"
         "Of several values for one metric and step the last one counts. A value of nan or inf is recorded, and the\n"
         "trial fails with it as the reason.\n";
}

}  // namespace stune
