/// \file A metric that trials write to HDF5, or report through `stune metric`.
#pragma once

#include <memory>
#include <string>

#include "stune/metric.hpp"

namespace stune {

/// Where and how a metric is read. The default is the trial's own metrics file, $STUNE_METRICS.
struct Hdf5Source {
  std::string file{};           ///< empty: $STUNE_METRICS; relative: in the trial's folder; may hold {trial}
  std::string dataset{};        ///< empty: the metric's name
  std::string reduce = "last";  ///< last, min, max, mean: of a 1-D dataset of a file the application writes itself
  std::string sem{};            ///< dataset of the standard error, or empty

  bool operator==(const Hdf5Source&) const = default;
};

class Hdf5Metric : public Metric {
 public:
  explicit Hdf5Metric(std::string name, Hdf5Source source = {});
  ~Hdf5Metric() override;
  void open(const Workplace& workplace) override;
  std::string name() const override;
  const Hdf5Source& source() const;
  /// Defensive: a file that is locked, truncated, still open or not yet visible is NotYet; of the wrong type or without
  /// the dataset is Unusable; each says which. Never throws for a broken file.
  Fetched fetch(int trial_index, const Metadata& metadata) override;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// "energy = out.h5:/results/energy, reduce=last, sem=/results/error" or just "energy".
/// Throws ConfigError quoting what cannot be read.
std::pair<std::string, Hdf5Source> parse_metric(const std::string& text);

}  // namespace stune
