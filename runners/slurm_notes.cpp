#include "runners/slurm_notes.hpp"

#include <cstdint>
#include <sstream>

namespace stune::slurm {
namespace {

std::int64_t number_of(TimePoint time) { return time.time_since_epoch().count(); }

/// The number that `words` goes on with, as a time; nothing where there is none or it is yet to come.
std::optional<TimePoint> next_time(std::istringstream& words, TimePoint now) {
  std::int64_t count = 0;
  if (!(words >> count)) return {};
  const TimePoint time{std::chrono::microseconds(count)};
  return time <= now && time != TimePoint{} ? std::optional(time) : std::nullopt;
}

void read_doubt(std::istringstream& words, TimePoint now, std::map<AttemptId, TimePoint>& doubts) {
  AttemptId id;
  if (!(words >> id.trial >> id.attempt)) return;
  if (const auto since = next_time(words, now)) doubts[id] = *since;
}

void read_config(std::istringstream& words, TimePoint now, Notes& notes) {
  const auto at = next_time(words, now);
  Config config;
  if (!at || !(words >> config.min_job_age >> config.max_array_size >> config.accounting)) return;
  notes.config = config;
  notes.config_at = *at;
}

void read_accounting(std::istringstream& words, TimePoint now, Notes& notes) {
  const auto at = next_time(words, now);
  int failures = 0;
  if (!at || !(words >> failures)) return;
  notes.accounting_at = *at;
  notes.accounting_failures = failures;
}

void write_doubts(std::ostringstream& text, const char* name, const std::map<AttemptId, TimePoint>& doubts) {
  for (const auto& [id, since] : doubts) {
    text << name << ' ' << id.trial << ' ' << id.attempt << ' ' << number_of(since) << '\n';
  }
}

}  // namespace

std::string to_text(const Notes& notes) {
  std::ostringstream text;
  text.precision(17);
  if (notes.config) {
    text << "config " << number_of(notes.config_at) << ' ' << notes.config->min_job_age << ' '
         << notes.config->max_array_size << ' ' << notes.config->accounting << '\n';
  }
  if (notes.accounting_at != TimePoint{}) {
    text << "accounting " << number_of(notes.accounting_at) << ' ' << notes.accounting_failures << '\n';
  }
  write_doubts(text, "missing", notes.doubts.missing);
  write_doubts(text, "over", notes.doubts.over);
  return text.str();
}

Notes parse_notes(std::string_view text, TimePoint now) {
  Notes notes;
  std::istringstream lines{std::string(text)};
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string name;
    words >> name;
    if (name == "config") read_config(words, now, notes);
    if (name == "accounting") read_accounting(words, now, notes);
    if (name == "missing") read_doubt(words, now, notes.doubts.missing);
    if (name == "over") read_doubt(words, now, notes.doubts.over);
  }
  return notes;
}

}  // namespace stune::slurm
