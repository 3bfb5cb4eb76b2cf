/// \file What `stune run` says while it goes on: one live line on a terminal, log lines elsewhere.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "stune/progress.hpp"

namespace stune::cli {

/// "12 of 30 done, 3 running, 1 pending, 2 failed | best accuracy 0.931 (trial 7) | 2 min 5 s", at most `width`
/// characters. Pure.
std::string live_line(const ProgressSnapshot& snapshot, std::size_t width);

/// One line on standard error that is written again and again; notices scroll above it.
class LiveProgress : public Progress {
 public:
  LiveProgress() = default;
  ~LiveProgress() override;  ///< leaves the last state standing
  void notice(const std::string& text) override;
  void update(const ProgressSnapshot& snapshot) override;
  bool ticks() const override { return true; }

 private:
  std::string line_;
};

/// Warnings only.
class QuietProgress : public Progress {
 public:
  void notice(const std::string& text) override;
};

/// The one that fits: live on a terminal, log lines elsewhere.
std::unique_ptr<Progress> make_progress(bool quiet);

}  // namespace stune::cli
