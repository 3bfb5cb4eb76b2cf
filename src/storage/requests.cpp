#include "storage/requests.hpp"

#include <algorithm>
#include <array>

#include "base/file.hpp"
#include "base/random.hpp"
#include "storage/fields.hpp"

namespace stune {

namespace fs = std::filesystem;

namespace {

using storage::Like;

/// In the order of Request's alternatives.
constexpr std::array<std::string_view, std::variant_size_v<Request>> request_words{"stop", "set", "attach", "tell"};

void fields(auto& field, Like<StopRequest> auto& request) {
  field.rare("trial", request.trial);
  field("why", request.why);
}

void fields(auto& field, Like<SetRequest> auto& request) { field("changes", request.changes); }

void fields(auto& field, Like<AttachRequest> auto& request) {
  field("parameters", request.parameters);
  field.rare("manual", request.manual);
  field.rare("results", request.results);
}

void fields(auto& field, Like<TellRequest> auto& request) {
  field("trial", request.trial);
  field("observations", request.observations);
  field("status", request.status);
  field.rare("reason", request.reason);
}

Request request_of_type(std::string_view word) {
  if (word == request_words[0]) return StopRequest{};
  if (word == request_words[1]) return SetRequest{};
  if (word == request_words[2]) return AttachRequest{};
  if (word == request_words[3]) return TellRequest{};
  throw StorageError("unknown request \"" + std::string(word) + "\"");
}

std::string encoded(const Request& request) {
  std::string text;
  json::Writer out(text);
  out.begin_object();
  out.key("type");
  out.text(request_words[request.index()]);
  storage::FieldWriter field(out);
  std::visit([&](const auto& body) { fields(field, body); }, request);
  out.end_object();
  return text + "\n";
}

Request request_in(const std::string& text) {
  std::optional<Request> request;
  json::Tape tape;
  tape.parse(text);
  json::Cursor in(tape);
  in.object([&](std::string_view name) {
    if (name == "type" && !request) {
      request = request_of_type(in.text());
      return;
    }
    if (!request) in.unknown();
    storage::FieldReader field(in, name);
    std::visit([&](auto& body) { fields(field, body); }, *request);
    if (!field.found()) in.unknown();
  });
  if (!request) throw StorageError("it has no type");
  return *request;
}

fs::path requests_folder(const fs::path& folder) { return folder / "requests"; }

/// Moves the file to requests/broken/; what was done, for people.
std::string put_aside(const fs::path& file, const std::string& why) {
  const fs::path aside = file.parent_path() / "broken";
  std::error_code error;
  fs::create_directory(aside, error);
  fs::rename(file, aside / file.filename(), error);
  return "request " + file.filename().string() + " cannot be read (" + why + "); " +
         (error ? "it cannot be moved aside either: " + error.message() : "moved to " + aside.string());
}

std::vector<fs::path> request_files(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (!name.starts_with('.') && name.ends_with(".json")) files.push_back(entry->path());
  }
  std::ranges::sort(files);
  return files;
}

}  // namespace

std::string write_request(const fs::path& folder, const Request& request, TimePoint now) {
  std::string time = std::to_string(now.time_since_epoch().count());
  time.insert(0, 20 - std::min<std::size_t>(20, time.size()), '0');
  const std::string id = time + "-" + random_name(8) + ".json";
  create_folders(requests_folder(folder));
  replace_file(requests_folder(folder) / id, encoded(request));
  return id;
}

Inbox read_requests(const fs::path& folder) {
  Inbox inbox;
  for (const fs::path& file : request_files(requests_folder(folder))) {
    try {
      if (const auto text = read_file(file)) inbox.requests.push_back({file.filename().string(), request_in(*text)});
    } catch (const StorageError& error) {
      inbox.notices.push_back(put_aside(file, error.what()));
    }
  }
  return inbox;
}

RequestState state_of_request(const fs::path& folder, const std::string& id) {
  if (read_file(requests_folder(folder) / id)) return RequestState::waiting;
  std::error_code ignored;
  return fs::exists(requests_folder(folder) / "broken" / id, ignored) ? RequestState::unreadable : RequestState::gone;
}

bool remove_request(const fs::path& folder, const std::string& id) noexcept {
  std::error_code ignored;
  return fs::remove(requests_folder(folder) / id, ignored);
}

}  // namespace stune
