/// \file The table of runs that all optimizers write, here and in peers/: one CSV line per run, appended when the run
/// has ended.
#pragma once

#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <tuple>

#include "regret.hpp"

namespace stune::benchmarks {

/// What names a run.
struct RunKey {
  std::string optimizer;
  std::string problem;
  std::uint64_t seed = 0;
  int workers = 1;
  int evaluations = 0;

  auto operator<=>(const RunKey&) const = default;
};

class ResultTable {
 public:
  /// Reads what is there; a last line that was cut off is removed, and what it should have held is done again. Throws
  /// std::runtime_error for a file that cannot be written.
  explicit ResultTable(const std::filesystem::path& path);

  /// Null when the run is not there yet.
  const Regret* find(const RunKey& key) const;
  void add(const RunKey& key, const Regret& regret);

 private:
  std::map<RunKey, Regret> rows_;
  std::ofstream file_;
};

}  // namespace stune::benchmarks
