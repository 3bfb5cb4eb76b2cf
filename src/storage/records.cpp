#include "storage/records.hpp"

#include <array>
#include <limits>
#include <span>

#include "storage/fields.hpp"

namespace stune::storage {

namespace {

constexpr std::array<std::string_view, 6> status_words{"created", "running",   "completed",
                                                       "failed",  "abandoned", "early_stopped"};
constexpr std::array<std::string_view, 6> state_words{"unknown", "absent", "deferred", "pending", "running", "ended"};
constexpr std::array<std::string_view, 12> cause_words{"completed",      "exit_code", "signal",    "out_of_memory",
                                                       "timeout",        "cancelled", "preempted", "node_failure",
                                                       "launch_failure", "lost",      "stopped",   "interrupted"};
constexpr std::array<std::string_view, 6> kind_words{"real", "integer", "categorical", "ordinal", "boolean", "fixed"};

static_assert(status_words.size() == static_cast<std::size_t>(TrialStatus::early_stopped) + 1);
static_assert(state_words.size() == static_cast<std::size_t>(JobState::ended) + 1);
static_assert(cause_words.size() == static_cast<std::size_t>(Cause::interrupted) + 1);
static_assert(kind_words.size() == static_cast<std::size_t>(ParameterKind::fixed) + 1);

template <typename Enum>
void read_word(json::Cursor& in, std::span<const std::string_view> words, Enum& value) {
  const std::string_view word = in.text();
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i] == word) {
      value = static_cast<Enum>(i);
      return;
    }
  }
  throw StorageError("unknown word \"" + std::string(word) + "\"");
}

bool reads_as_number(std::string_view text) { return text == "nan" || text == "inf" || text == "-inf"; }

}  // namespace

void fields(auto& field, Like<Observation> auto& observation) {
  field("metric", observation.metric);
  field.rare("step", observation.step, final_step);
  field("mean", observation.mean);
  field.rare("sem", observation.sem, std::numeric_limits<double>::quiet_NaN());
  field.rare("at", observation.at);
}

void fields(auto& field, Like<Ending> auto& ending) {
  field("cause", ending.cause);
  field.rare("exit_code", ending.exit_code);
  field.rare("signal", ending.signal);
  field.rare("detail", ending.detail);
  field.rare("host", ending.host);
  field.rare("started", ending.started);
  field.rare("ended", ending.ended);
  field.rare("cpu_seconds", ending.cpu_seconds);
  field.rare("peak_memory", ending.peak_memory);
  field.rare("nodes", ending.nodes);
}

void write(json::Writer& out, TrialStatus status) { out.text(status_words.at(static_cast<std::size_t>(status))); }
void write(json::Writer& out, JobState state) { out.text(state_words.at(static_cast<std::size_t>(state))); }
void write(json::Writer& out, Cause cause) { out.text(cause_words.at(static_cast<std::size_t>(cause))); }
void write(json::Writer& out, ParameterKind kind) { out.text(kind_words.at(static_cast<std::size_t>(kind))); }

void read(json::Cursor& in, TrialStatus& status) { read_word(in, status_words, status); }
void read(json::Cursor& in, JobState& state) { read_word(in, state_words, state); }
void read(json::Cursor& in, Cause& cause) { read_word(in, cause_words, cause); }
void read(json::Cursor& in, ParameterKind& kind) { read_word(in, kind_words, kind); }

void write(json::Writer& out, const Value& value) {
  if (const auto* text = std::get_if<std::string>(&value); text != nullptr && reads_as_number(*text)) {
    out.begin_object();
    out.key("text");
    out.text(*text);
    out.end_object();
  } else {
    std::visit([&](const auto& alternative) { write(out, alternative); }, value);
  }
}

void read(json::Cursor& in, Value& value) {
  switch (in.peek()) {
    case json::Kind::flag:
      value = in.flag();
      break;
    case json::Kind::real:
      value = in.number();
      break;
    case json::Kind::text:
      if (reads_as_number(in.peek_text())) {
        value = in.number();
      } else {
        value = std::string(in.text());
      }
      break;
    case json::Kind::begin_object:
      in.object([&](std::string_view name) { name == "text" ? void(value = std::string(in.text())) : in.unknown(); });
      break;
    default:
      value = in.integer();
  }
}

void write(json::Writer& out, const Metadata& metadata) {
  out.begin_object();
  for (const auto& [name, text] : metadata) {
    out.key(name);
    out.text(text);
  }
  out.end_object();
}

void read(json::Cursor& in, Metadata& metadata) {
  metadata.clear();
  in.object([&](std::string_view name) { metadata.emplace(name, in.text()); });
}

void write(json::Writer& out, AttemptId id) {
  out.begin_array();
  out.integer(id.trial);
  out.integer(id.attempt);
  out.end_array();
}

void read(json::Cursor& in, AttemptId& id) {
  std::array<int, 2> parts{};
  std::size_t count = 0;
  in.array([&] { count < 2 ? void(parts[count++] = in.small()) : in.wrong("[trial, attempt]"); });
  if (count != 2) in.wrong("[trial, attempt]");
  id = {parts[0], parts[1]};
}

void write(json::Writer& out, const Ending& ending) { write_record(out, ending); }
void read(json::Cursor& in, Ending& ending) { read_record(in, ending); }
void write(json::Writer& out, const Observation& observation) { write_record(out, observation); }
void read(json::Cursor& in, Observation& observation) { read_record(in, observation); }

void write(json::Writer& out, const std::pair<std::string, Value>& entry) {
  out.begin_array();
  out.text(entry.first);
  write(out, entry.second);
  out.end_array();
}

void read(json::Cursor& in, std::pair<std::string, Value>& entry) {
  int count = 0;
  in.array([&] {
    switch (count++) {
      case 0:
        return read(in, entry.first);
      case 1:
        return read(in, entry.second);
      default:
        in.wrong("[name, value]");
    }
  });
  if (count != 2) in.wrong("[name, value]");
}

}  // namespace stune::storage
