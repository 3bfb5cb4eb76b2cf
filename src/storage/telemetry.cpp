#include "storage/telemetry.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include "base/children.hpp"
#include "base/file.hpp"
#include "base/processors.hpp"
#include "storage/fields.hpp"

namespace stune {

namespace fs = std::filesystem;

namespace {

fs::path telemetry_file(const fs::path& folder) { return folder / "telemetry.json"; }

void fields(auto& field, storage::Like<Telemetry> auto& telemetry) {
  field("host", telemetry.host);
  field("pid", telemetry.pid);
  field("at", telemetry.at);
  field("budget", telemetry.budget);
  field("cpu_seconds", telemetry.cpu_seconds);
  field("peak_memory", telemetry.peak_memory);
  field("batch_calls", telemetry.batch_calls);
  field("coordinators", telemetry.all.coordinators);
  field("all_cpu_seconds", telemetry.all.cpu_seconds);
  field("all_batch_calls", telemetry.all.batch_calls);
  field("report_seconds", telemetry.all.report_seconds);
}

/// A program may look after an experiment several times; what it has cost is counted once.
bool is_ours(const Telemetry& last, const Telemetry& self) {
  return last.host == self.host && last.pid == self.pid && last.cpu_seconds <= self.cpu_seconds;
}

std::string encoded(const Telemetry& telemetry) {
  std::string text;
  json::Writer out(text);
  out.begin_object();
  storage::FieldWriter field(out);
  fields(field, telemetry);
  out.end_object();
  return text + "\n";
}

}  // namespace

void measure_self(Telemetry& telemetry) {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  telemetry.host = host_name();
  telemetry.pid = ::getpid();
  telemetry.cpu_seconds = cpu_seconds(usage);
  telemetry.peak_memory = std::int64_t{1024} * usage.ru_maxrss;
}

std::optional<Telemetry> read_telemetry(const fs::path& folder) {
  try {
    const auto text = read_file(telemetry_file(folder));
    return text ? parse_telemetry(*text) : std::nullopt;
  } catch (const StorageError&) {
    return std::nullopt;
  }
}

std::optional<Telemetry> parse_telemetry(const std::string& text) {
  if (text.empty()) return std::nullopt;
  try {
    Telemetry telemetry;
    json::Tape tape;
    tape.parse(text);
    json::Cursor in(tape);
    in.object([&](std::string_view name) {
      storage::FieldReader field(in, name);
      fields(field, telemetry);
      if (!field.found()) in.skip();
    });
    return telemetry;
  } catch (const StorageError&) {
    return std::nullopt;
  }
}

TelemetryWriter::TelemetryWriter(fs::path folder, Seconds distance) : folder_(std::move(folder)), distance_(distance) {
  const auto last = read_telemetry(folder_);
  if (!last) return;
  before_ = last->all;
  Telemetry self;
  measure_self(self);
  if (!is_ours(*last, self)) return;
  --before_.coordinators;
  before_.cpu_seconds -= last->cpu_seconds;
}

Costs TelemetryWriter::costs(std::int64_t batch_calls) const {
  Telemetry self;
  measure_self(self);
  Costs all = before_;
  ++all.coordinators;
  all.cpu_seconds += self.cpu_seconds;
  all.batch_calls += batch_calls;
  return all;
}

std::string TelemetryWriter::write(Telemetry telemetry, TimePoint now) {
  next_ = later(now, distance_);
  try {
    measure_self(telemetry);
    telemetry.all = costs(telemetry.batch_calls);
    telemetry.at = now;
    replace_file(telemetry_file(folder_), encoded(telemetry));
    return {};
  } catch (const std::exception& error) {
    return error.what();
  }
}

}  // namespace stune
