/// \file Commands to a running experiment: files dropped into `requests/`, applied and journaled by who runs the loop.
///
/// A file appears by rename, so it is whole or absent. The owner journals what a request asks for, then removes the
/// file; after a crash between the two it sees the request again. Stop, set and tell may be repeated without harm; the
/// trial that an attach makes remembers the request's id.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "stune/observation.hpp"
#include "stune/trial.hpp"
#include "stune/value.hpp"

namespace stune {

struct StopRequest {
  std::optional<int> trial;  ///< nothing: all
  std::string why;

  bool operator==(const StopRequest&) const = default;
};

/// Changed fields of RunOptions by their journal names, as text. The writer has checked them with changed(); the owner
/// checks again.
struct SetRequest {
  std::map<std::string, std::string> changes;

  bool operator==(const SetRequest&) const = default;
};

/// A new trial with these parameters, run by the scheduler or (manual) by a person. With results it is completed.
struct AttachRequest {
  std::vector<std::pair<std::string, Value>> parameters;
  bool manual = false;
  std::vector<Observation> results{};

  bool operator==(const AttachRequest&) const = default;
};

/// What a person's trial gave. `status` running: partial results, more will come.
struct TellRequest {
  int trial = 0;
  std::vector<Observation> observations;
  TrialStatus status = TrialStatus::completed;
  std::string reason;

  bool operator==(const TellRequest&) const = default;
};

using Request = std::variant<StopRequest, SetRequest, AttachRequest, TellRequest>;

struct ReceivedRequest {
  std::string id;  ///< its file name in requests/; later ones sort behind earlier ones
  Request request;
};

struct Inbox {
  std::vector<ReceivedRequest> requests;  ///< in the order of their ids
  std::vector<std::string> notices;       ///< of files that cannot be read: moved to requests/broken/, and why
};

/// `folder` is the experiment's. `now` gives the order only. Returns the id. Throws StorageError.
std::string write_request(const std::filesystem::path& folder, const Request& request, TimePoint now);
/// One readdir. Files being written are not seen. Never throws for a file; no folder is no request.
Inbox read_requests(const std::filesystem::path& folder);
/// What has become of a request, as the one who wrote it sees it.
enum class RequestState : std::uint8_t { waiting, gone /*taken*/, unreadable /*to the owner, who put it aside*/ };
RequestState state_of_request(const std::filesystem::path& folder, const std::string& id);
/// Once journaled, or to withdraw it. True: it was still there. Never throws; idempotent.
bool remove_request(const std::filesystem::path& folder, const std::string& id) noexcept;

}  // namespace stune
