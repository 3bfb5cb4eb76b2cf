/// \file What ends a command. Everything else that can go wrong is a value.
#pragma once

#include <stdexcept>
#include <string>

namespace stune {

/// Exit codes are part of the interface: scripts branch on them. Never renumber.
enum class ExitCode : int {
  success = 0,
  failure = 1,       ///< the experiment ended without a result (too many failures, stopped, nothing completed)
  usage = 2,         ///< the command line cannot be understood
  config = 3,        ///< the script, the options or the experiment's folder say something invalid
  runner = 4,        ///< the batch system refuses, or a runner cannot work here
  storage = 5,       ///< journal damaged, disk full, folder owned by another coordinator
  interrupted = 130  ///< Ctrl-C or SIGTERM; the experiment can be resumed
};

/// Ends the command with `code()`. The message names the place, what was found and what is valid.
class Error : public std::runtime_error {
 public:
  Error(ExitCode code, const std::string& message) : std::runtime_error(message), code_(code) {}
  ExitCode code() const noexcept { return code_; }

 private:
  ExitCode code_;
};

struct UsageError : Error {
  explicit UsageError(const std::string& message) : Error(ExitCode::usage, message) {}
};
struct ConfigError : Error {
  explicit ConfigError(const std::string& message) : Error(ExitCode::config, message) {}
};
struct RunnerError : Error {
  explicit RunnerError(const std::string& message) : Error(ExitCode::runner, message) {}
};
struct StorageError : Error {
  explicit StorageError(const std::string& message) : Error(ExitCode::storage, message) {}
};

}  // namespace stune
