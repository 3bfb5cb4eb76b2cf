#include <algorithm>
#include <charconv>
#include <cmath>
#include <variant>

#include "experiment/escalation.hpp"
#include "experiment/keep.hpp"
#include "storage/codec.hpp"
#include "storage/records.hpp"

namespace stune {

namespace {

using Member = std::variant<int RunOptions::*, bool RunOptions::*, double RunOptions::*, Seconds RunOptions::*,
                            std::string RunOptions::*, std::vector<std::string> RunOptions::*>;

struct Field {
  std::string_view name;  ///< in the journal: never changes
  Member member;
  double lower = 0.0;  ///< what changed() takes, for numbers
  double upper = 1e9;
};

const Field option_fields[] = {
    {"trials", &RunOptions::trials, 1},
    {"parallel", &RunOptions::parallel, 1},
    {"automatic_parallel", &RunOptions::automatic_parallel},
    {"tolerated_failure_rate", &RunOptions::tolerated_failure_rate, 0, 1},
    {"runner", &RunOptions::runner},
    {"sbatch_options", &RunOptions::sbatch_options},
    {"poll_start", &RunOptions::poll_start},
    {"poll_growth", &RunOptions::poll_growth, 1},
    {"poll_cap", &RunOptions::poll_cap},
    {"max_run_time", &RunOptions::max_run_time},
    {"trial_time_limit", &RunOptions::trial_time_limit},
    {"metric_grace", &RunOptions::metric_grace},
    {"cpus_per_trial", &RunOptions::cpus_per_trial},
    {"gpus_per_trial", &RunOptions::gpus_per_trial},
    {"ranks_per_trial", &RunOptions::ranks_per_trial, 1},
    {"trial_env", &RunOptions::trial_env},
    {"submit_rate", &RunOptions::submit_rate, 0, 1000},
    {"on_timeout", &RunOptions::on_timeout},
    {"on_oom", &RunOptions::on_oom},
    {"keep", &RunOptions::keep},
    {"infrastructure_retries", &RunOptions::infrastructure_retries},
};

const Field* find(std::string_view name) {
  const auto* found = std::ranges::find(option_fields, name, &Field::name);
  return found == std::end(option_fields) ? nullptr : found;
}

std::string shortest(double value) {
  char buffer[32];
  return {buffer, std::to_chars(buffer, buffer + sizeof buffer, value).ptr};
}

[[noreturn]] void refuse(const Field& field, const std::string& text, const std::string& valid) {
  throw ConfigError(std::string(field.name) + ": found \"" + text + "\", valid is " + valid);
}

template <typename Number>
Number parse(const Field& field, const std::string& text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const auto value = static_cast<double>(number);
  if (error != std::errc{} || end != text.data() + text.size() || !(value >= field.lower && value <= field.upper)) {
    const std::string kind = std::is_integral_v<Number> ? "an integer" : "a number";
    refuse(field, text, kind + " from " + shortest(field.lower) + " to " + shortest(field.upper));
  }
  return number;
}

void assign(const Field& field, const std::string& text, bool& value) {
  if (text != "true" && text != "false") refuse(field, text, "true or false");
  value = text == "true";
}
void assign(const Field& field, const std::string& text, int& value) { value = parse<int>(field, text); }
void assign(const Field& field, const std::string& text, double& value) { value = parse<double>(field, text); }
void assign(const Field& field, const std::string& text, Seconds& value) {
  value = Seconds(parse<double>(field, text));
}
void assign(const Field&, const std::string& text, std::string& value) { value = text; }
void assign(const Field& field, const std::string& text, std::vector<std::string>& value) {
  try {
    json::Tape tape;
    tape.parse(text);
    json::Cursor in(tape);
    storage::read(in, value);
  } catch (const StorageError&) {
    refuse(field, text, "a JSON list of texts, as in [\"--mem=4G\"]");
  }
}

}  // namespace

namespace storage {

void write(json::Writer& out, const RunOptions& options) {
  out.begin_object();
  for (const Field& field : option_fields) {
    out.key(field.name);
    std::visit([&](auto member) { write(out, options.*member); }, field.member);
  }
  out.end_object();
}

void read(json::Cursor& in, RunOptions& options) {
  options = {};
  in.object([&](std::string_view name) {
    const Field* field = find(name);
    if (field == nullptr) in.unknown();
    std::visit([&](auto member) { read(in, options.*member); }, field->member);
  });
}

}  // namespace storage

RunOptions changed(RunOptions options, const std::map<std::string, std::string>& changes) {
  for (const auto& [name, text] : changes) {
    const Field* field = find(name);
    if (field == nullptr) {
      std::string valid;
      for (const Field& known : option_fields) valid += (valid.empty() ? "" : ", ") + std::string(known.name);
      throw ConfigError("unknown option \"" + name + "\"; valid options: " + valid);
    }
    std::visit([&, &value = text](auto member) { assign(*field, value, options.*member); }, field->member);
  }
  for (const std::string& text : {options.on_timeout, options.on_oom}) parse_escalation(text);
  parse_keep(options.keep);
  return options;
}

}  // namespace stune
