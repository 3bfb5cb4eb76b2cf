#include "base/log.hpp"

#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <ctime>
#include <string>

namespace stune::log {
namespace {

std::atomic<bool> quiet{false};

/// One write per line, so that lines of several threads or processes do not mix.
void line(const char* level, std::string_view message) {
  const std::time_t now = std::time(nullptr);
  std::tm local{};
  ::localtime_r(&now, &local);
  char time[32];
  const std::size_t length = std::strftime(time, sizeof time, "%m-%d %H:%M:%S", &local);
  std::string text = std::string("[") + level + ' ' + std::string(time, length) + "] stune: ";
  text.append(message);
  text += '\n';
  std::string_view rest = text;
  while (!rest.empty()) {
    const ssize_t written = ::write(STDERR_FILENO, rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;  // nobody reads it
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
}

}  // namespace

void info(std::string_view message) {
  if (!quiet.load(std::memory_order_relaxed)) line("INFO", message);
}
void warn(std::string_view message) { line("WARNING", message); }
void set_quiet(bool only_warnings) { quiet.store(only_warnings, std::memory_order_relaxed); }

}  // namespace stune::log
