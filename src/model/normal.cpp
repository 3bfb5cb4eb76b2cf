#include "model/normal.hpp"

#include <cassert>
#include <cmath>
#include <limits>
#include <numbers>

namespace stune::model {

double log_normal_density(double z) {
  static const double log_root_two_pi = 0.5 * std::log(2.0 * std::numbers::pi);
  return -0.5 * z * z - log_root_two_pi;
}

double normal_cdf(double z) { return 0.5 * std::erfc(-z / std::numbers::sqrt2); }

double normal_quantile(double p) {
  assert(p >= 0.0 && p <= 1.0);
  if (p > 0.5) return -normal_quantile(1.0 - p);
  if (p == 0.0) return -std::numeric_limits<double>::infinity();
  // Start: Abramowitz & Stegun 26.2.22 (error 3e-3); then Newton on log cdf, which is concave, so that it cannot
  // overshoot far.
  const double t = std::sqrt(-2.0 * std::log(p));
  double z = -(t - (2.30753 + 0.27061 * t) / (1.0 + t * (0.99229 + 0.04481 * t)));
  for (int i = 0; i < 6; ++i) {
    const double cdf = normal_cdf(z);
    const double step = std::log(cdf / p) * cdf / std::exp(log_normal_density(z));
    z -= step;
    if (std::abs(step) < 1e-15 * std::abs(z) || !(step != 0.0)) break;
  }
  return z;
}

}  // namespace stune::model
