#include "cli/terminal.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cmath>
#include <cstdio>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "cli/quantities.hpp"
#include "cli/table.hpp"
#include "client/log_progress.hpp"

namespace stune::cli {

namespace {

std::size_t terminal_width() {
  winsize size{};
  return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 20 ? size.ws_col : 80U;
}

}  // namespace

std::string live_line(const ProgressSnapshot& snapshot, std::size_t width) {
  std::string line = std::to_string(snapshot.completed) + " of " + std::to_string(snapshot.wanted) + " done, " +
                     std::to_string(snapshot.running) + " running, " + std::to_string(snapshot.pending) + " pending, " +
                     std::to_string(snapshot.failed) + " failed";
  if (snapshot.abandoned > 0) line += ", " + std::to_string(snapshot.abandoned) + " abandoned";
  if (snapshot.best) {
    line += " | best " + snapshot.metric + " " + number(*snapshot.best) + " (trial " +
            std::to_string(snapshot.best_trial) + ")";
  }
  line += " | " + to_words(Seconds{std::floor(snapshot.elapsed.count())});
  if (line.size() > width) line.resize(width);
  return line;
}

LiveProgress::~LiveProgress() {
  if (!line_.empty()) std::fputs("\n", stderr);
}

void LiveProgress::notice(const std::string& text) {
  std::fprintf(stderr, "\r\033[K%s\n%s", text.c_str(), line_.c_str());
  std::fflush(stderr);
}

void LiveProgress::update(const ProgressSnapshot& snapshot) {
  std::string line = printable(live_line(snapshot, terminal_width() - 1));
  if (line == line_) return;
  line_ = std::move(line);
  std::fprintf(stderr, "\r\033[K%s", line_.c_str());
  std::fflush(stderr);
}

void QuietProgress::notice(const std::string& text) { log::warn(text); }

std::unique_ptr<Progress> make_progress(bool quiet) {
  if (quiet) return std::make_unique<QuietProgress>();
  if (isatty(STDERR_FILENO) == 1) return std::make_unique<LiveProgress>();
  return std::make_unique<LogProgress>();
}

}  // namespace stune::cli
