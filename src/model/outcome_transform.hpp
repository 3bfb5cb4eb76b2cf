/// \file Monotone maps from outcomes to what a Gaussian process likes to see. All in max-form: larger is better.
/// Every map ends in standardization (mean 0, standard deviation 1 over the outcomes it was fitted to), is continuous
/// and increasing, defined for every finite number, and does the same to a*y + b (a > 0) as to y.
///
/// half_rank_log: outcomes below the median are replaced by normal quantiles of their ranks, so that bad outcomes
/// cannot dominate; then
///   0.5 - log1p((max - h)/(max - min) (s - 1)) / log s with s = 1.5, which stretches the good end. Reference: Song et
///   al. (2024), arXiv 2408.11527.
/// winsorized: outcomes far below the others are drawn in, by the logarithm of a logarithm, so that one that is
///   thousands of times worse is hardly further away than one that is ten times worse; all others keep their distances.
/// yeo_johnson: the same, further down; then the power transform with maximum-likelihood exponent. Reference: Yeo &
///   Johnson (2000), Biometrika 87.
#pragma once

#include <Eigen/Core>
#include <cstdint>

namespace stune::model {

enum class Warp : std::uint8_t { half_rank_log, yeo_johnson, winsorized };

/// Immutable after fit.
class OutcomeTransform {
 public:
  /// Fits to n >= 1 finite outcomes, repeats allowed. If all are equal, the map is a shift to 0. O(n log n).
  static OutcomeTransform fit(Warp warp, const Eigen::VectorXd& y);

  /// Were all outcomes equal, up to rounding?
  bool is_constant() const { return constant_; }
  double forward(double y) const;
  Eigen::VectorXd forward(const Eigen::VectorXd& y) const;
  /// The outcome whose forward() is z.
  double inverse(double z) const;
  /// Standard deviation of the transformed outcome when y is known to within `sem`, from a symmetric difference.
  double forward_sem(double y, double sem) const;

 private:
  /// What comes first: u = (y / unit - centre) / spread, kept within what can be calculated with.
  struct Frame {
    double unit = 1.0, centre = 0.0, spread = 1.0;
    double forward(double y) const;
    double inverse(double u) const { return (u * spread + centre) * unit; }
  };
  static Frame frame_of(const Eigen::VectorXd& sorted);
  double core(double u) const;
  double core_inverse(double v) const;
  void fit_half_rank(const Eigen::VectorXd& sorted);
  void fit_yeo_johnson(const Eigen::VectorXd& u);
  void fit_extension(double step_low, double step_high);

  Warp warp_ = Warp::winsorized;
  bool constant_ = false;
  Frame frame_;
  double shift_ = 0.0, scale_ = 1.0;  // (v - shift) / scale comes last
  // The core is used within [low, high]; outside it goes on as a straight line.
  double low_ = 0.0, high_ = 0.0, slope_low_ = 1.0, slope_high_ = 1.0;
  Eigen::VectorXd knots_, values_;   // half-rank below the median: increasing, last entry is (median, median)
  double top_ = 0.0, bottom_ = 0.0;  // log warp: largest and smallest half-ranked value
  double lambda_ = 1.0;              // Yeo-Johnson, of (w - centre) / spread where w is winsorized
  double centre_ = 0.0, spread_ = 1.0;
};

}  // namespace stune::model
