/// \file How a command reaches who runs an experiment: a request is put into its folder, and waited for.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "base/clock.hpp"
#include "client/session.hpp"
#include "storage/requests.hpp"

namespace stune {

struct Reach {
  bool take_over = false;  ///< a lock of another machine counts as nobody's
  Clock* clock = nullptr;  ///< else the system's
  std::function<void(const std::string&)> say = [](const std::string&) {};  ///< where it takes long, for people
};

struct Delivery {
  bool taken = false;  ///< by the owner; else nobody runs the experiment, and no request is left
  std::string id;      ///< of the request; empty if none was written
};

/// Blocks until the owner that `seen` knows has taken the request, for a second as a rule, or has ended. Throws
/// StorageError, the request withdrawn, where it does neither: three looks at its lock, 25 s apart, show nothing new,
/// or 150 s have passed. No clock is compared with another one.
Delivery deliver(const std::filesystem::path& folder, const View& seen, const Request& request, const Reach& reach);

}  // namespace stune
