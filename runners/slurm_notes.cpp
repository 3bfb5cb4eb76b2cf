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
  if (!at || !(words >> failures) || failures < 0) return;
  notes.accounting_at = *at;
  notes.accounting_failures = failures;
}

void read_search(std::istringstream& words, TimePoint now, SubmitNotes& notes) {
  std::string token;
  Search search;
  if (!(words >> token >> search.good_looks)) return;
  const auto since = next_time(words, now);
  if (!since) return;
  search.since = *since;
  notes.searches[token] = search;
}

void read_limit(std::istringstream& words, TimePoint now, SubmitNotes& notes) {
  const auto met = next_time(words, now);
  double wait = 0.0;
  int batch = 0;
  if (met && words >> wait >> batch && wait >= 0.0 && batch > 0) notes.limit = SubmitLimit{*met, Seconds{wait}, batch};
}

void read_kind(std::istringstream& words, TimePoint now, SubmitNotes& notes) {
  TakenKind kind;
  if (!(words >> kind.key)) return;
  kind.refused = next_time(words, now);
  notes.kinds.push_back(kind);
}

void read_count(std::istringstream& words, int& count) {
  int number = 0;
  if (words >> number && number > 0) count = number;
}

void write_doubts(std::ostringstream& text, const char* name, const std::map<AttemptId, TimePoint>& doubts) {
  for (const auto& [id, since] : doubts) {
    text << name << ' ' << id.trial << ' ' << id.attempt << ' ' << number_of(since) << '\n';
  }
}

void write_submitting(std::ostringstream& text, const SubmitNotes& notes) {
  if (notes.pace_full) text << "pace " << number_of(*notes.pace_full) << '\n';
  if (notes.limit) {
    text << "limit " << number_of(notes.limit->met) << ' ' << notes.limit->wait.count() << ' ' << notes.limit->batch
         << '\n';
  }
  if (notes.limits_in_empty_queue > 0) text << "limits-in-empty-queue " << notes.limits_in_empty_queue << '\n';
  if (notes.limited_since) text << "limited-since " << number_of(*notes.limited_since) << '\n';
  if (notes.silences > 0) text << "silences " << notes.silences << '\n';
  for (const auto& [token, search] : notes.searches) {
    text << "search " << token << ' ' << search.good_looks << ' ' << number_of(search.since) << '\n';
  }
  for (const TakenKind& kind : notes.kinds) {
    text << "kind " << kind.key;
    if (kind.refused) text << ' ' << number_of(*kind.refused);
    text << '\n';
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
  if (notes.look_at != TimePoint{}) text << "look " << number_of(notes.look_at) << '\n';
  if (notes.claim_seen) text << "claim-seen\n";
  if (notes.accounting_at != TimePoint{}) {
    text << "accounting " << number_of(notes.accounting_at) << ' ' << notes.accounting_failures << '\n';
  }
  write_doubts(text, "missing", notes.doubts.missing);
  write_doubts(text, "over", notes.doubts.over);
  write_doubts(text, "unreadable", notes.doubts.unreadable);
  write_submitting(text, notes.submitting);
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
    if (name == "unreadable") read_doubt(words, now, notes.doubts.unreadable);
    if (name == "look") notes.look_at = next_time(words, now).value_or(notes.look_at);
    if (name == "claim-seen") notes.claim_seen = true;
    // A burst is there again in the future; how far ahead that can be, the pace knows.
    if (name == "pace") notes.submitting.pace_full = next_time(words, TimePoint::max());
    if (name == "limit") read_limit(words, now, notes.submitting);
    if (name == "limits-in-empty-queue") read_count(words, notes.submitting.limits_in_empty_queue);
    if (name == "limited-since") notes.submitting.limited_since = next_time(words, now);
    if (name == "silences") read_count(words, notes.submitting.silences);
    if (name == "search") read_search(words, now, notes.submitting);
    if (name == "kind") read_kind(words, now, notes.submitting);
  }
  return notes;
}

}  // namespace stune::slurm
