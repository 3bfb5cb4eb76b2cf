#include "storage/codec.hpp"

#include <array>
#include <charconv>
#include <utility>

#include "base/file.hpp"
#include "storage/fields.hpp"

namespace stune {

namespace {

using storage::Like;

constexpr int version = 1;

/// In the order of EventBody's alternatives.
constexpr std::array<std::string_view, std::variant_size_v<EventBody>> event_words{
    "created", "options", "trial", "intended", "job", "observed", "ended", "fitted", "stop"};

template <std::size_t... I>
constexpr auto body_makers(std::index_sequence<I...>) {
  return std::array{+[](EventBody& body) { body.emplace<I>(); }...};
}

void fields(auto& field, Like<ExperimentCreated> auto& body) {
  field("definition", body.definition);
  field("options", body.options);
}

void fields(auto& field, Like<OptionsChanged> auto& body) { field("options", body.options); }

/// Without the parameters: to read them takes the names of the search space.
void fields(auto& field, Like<TrialCreated> auto& body) {
  field("trial", body.trial);
  field("generator", body.generator);
  field("made_from", body.made_from);
  field.rare("manual", body.manual);
  field.rare("request", body.request);
}

void fields(auto& field, Like<SubmissionIntended> auto& body) {
  field("token", body.token);
  field("attempts", body.attempts);
}

void fields(auto& field, Like<JobReported> auto& body) {
  field("trial", body.id.trial);
  field("attempt", body.id.attempt);
  field("state", body.state);
  field.rare("ending", body.ending);
  field.rare("metadata", body.metadata);
}

void fields(auto& field, Like<Observed> auto& body) {
  field("trial", body.trial);
  field("observations", body.observations);
}

void fields(auto& field, Like<TrialEnded> auto& body) {
  field("trial", body.trial);
  field("status", body.status);
  field.rare("reason", body.reason);
  field.rare("ending", body.ending);
  field.rare("observations", body.observations);
}

void fields(auto& field, Like<ModelFitted> auto& body) {
  field("made_from", body.made_from);
  field("hyperparameters", body.hyperparameters);
}

void fields(auto& field, Like<StopAsked> auto& body) {
  field.rare("trial", body.trial, -1);
  field.rare("why", body.why);
}

EventBody body_of_type(std::string_view word) {
  static constexpr auto makers = body_makers(std::make_index_sequence<event_words.size()>{});
  EventBody body;
  for (std::size_t i = 0; i < event_words.size(); ++i) {
    if (event_words[i] == word) return makers[i](body), body;
  }
  throw StorageError("unknown type of event \"" + std::string(word) + "\"");
}

constexpr std::string_view crc_member = ",\"crc\":\"";
constexpr std::size_t crc_length = crc_member.size() + 8 + 2;

std::array<char, 8> hex(std::uint32_t crc) {
  std::array<char, 8> digits{};
  for (std::size_t i = 8; i-- > 0; crc >>= 4) digits[i] = "0123456789abcdef"[crc & 15];
  return digits;
}

/// Ends the object that begins at `begin`.
void seal(std::string& out, std::size_t begin) {
  const auto digits = hex(crc32(std::string_view(out).substr(begin)));
  out += crc_member;
  out.append(digits.data(), digits.size());
  out += "\"}\n";
}

void check_seal(std::string_view line) {
  const std::size_t content = line.size() < crc_length ? 0 : line.size() - crc_length;
  const std::string_view end = line.substr(content);
  if (end.size() != crc_length || !end.starts_with(crc_member) || !end.ends_with("\"}")) {
    throw StorageError("does not end in a crc");
  }
  const auto digits = hex(crc32(line.substr(0, content)));
  if (end.substr(crc_member.size(), 8) != std::string_view(digits.data(), digits.size())) {
    throw StorageError("its crc does not fit: the line is not as it was written");
  }
}

}  // namespace

void encode(const Event& event, std::string& out) {
  const std::size_t begin = out.size();
  json::Writer writer(out);
  writer.begin_object();
  writer.key("seq");
  writer.natural(event.sequence);
  writer.key("at");
  writer.integer(event.at.time_since_epoch().count());
  writer.key("type");
  writer.text(event_words[event.what.index()]);
  if (const auto* trial = std::get_if<TrialCreated>(&event.what)) {
    writer.key("parameters");
    storage::write(writer, trial->parameters.values());
  }
  storage::FieldWriter field(writer);
  std::visit([&](const auto& body) { fields(field, body); }, event.what);
  seal(out, begin);
}

std::string journal_header() {
  std::string line = "{\"stune\":\"journal\",\"version\":" + std::to_string(version);
  seal(line, 0);
  return line;
}

struct Decoder::Impl {
  json::Tape tape;
  Names names;
  Event event;
  Sequence next = 1;

  void read_parameters(json::Cursor& in, TrialCreated& trial) {
    const std::size_t expected = names ? names->size() : 0;
    std::vector<Value> values;
    values.reserve(expected);
    storage::read(in, values);
    if (values.size() != expected || !names) {
      throw StorageError(std::to_string(values.size()) + " parameters where the experiment has " +
                         std::to_string(expected));
    }
    trial.parameters = Parameterization(names, std::move(values));
  }

  void read_member(json::Cursor& in, std::string_view name) {
    if (auto* trial = std::get_if<TrialCreated>(&event.what); trial != nullptr && name == "parameters") {
      return read_parameters(in, *trial);
    }
    storage::FieldReader field(in, name);
    std::visit([&](auto& body) { fields(field, body); }, event.what);
    if (!field.found()) in.unknown();
  }

  void read_event() {
    bool typed = false;
    json::Cursor in(tape);
    in.object([&](std::string_view name) {
      if (name == "seq") {
        event.sequence = in.natural();
      } else if (name == "at") {
        storage::read(in, event.at);
      } else if (name == "crc") {
        in.skip();
      } else if (name == "type" && !typed) {
        event.what = body_of_type(in.text());
        typed = true;
      } else if (typed) {
        read_member(in, name);
      } else {
        in.unknown();
      }
    });
    if (!typed) throw StorageError("it has no type");
  }
};

Decoder::Decoder() : impl_(std::make_unique<Impl>()) {}
Decoder::~Decoder() = default;

void Decoder::header(std::string_view line) {
  check_seal(line);
  impl_->tape.parse(line);
  json::Cursor in(impl_->tape);
  std::string_view format;
  std::uint64_t found = 0;
  in.object([&](std::string_view name) {
    if (name == "stune") {
      format = in.text();
    } else if (name == "version") {
      found = in.natural();
    } else {
      in.skip();
    }
  });
  if (format != "journal") throw StorageError("this is no journal of stune");
  if (found > version) {
    throw StorageError("written by a newer stune (journal version " + std::to_string(found) + ", this one knows " +
                       std::to_string(version) + "): use that one, or a newer one, for this experiment");
  }
  if (found != version) throw StorageError("unknown journal version " + std::to_string(found));
}

const Event& Decoder::event(std::string_view line) {
  check_seal(line);
  impl_->tape.parse(line);
  impl_->read_event();
  if (impl_->event.sequence != impl_->next) {
    throw StorageError("sequence number " + std::to_string(impl_->event.sequence) + ", expected " +
                       std::to_string(impl_->next));
  }
  ++impl_->next;
  if (const auto* created = std::get_if<ExperimentCreated>(&impl_->event.what)) {
    impl_->names = created->definition.space.names();
  }
  return impl_->event;
}

}  // namespace stune
