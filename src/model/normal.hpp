/// \file The standard normal distribution, as far as outcome transforms and acquisition need it.
#pragma once

namespace stune::model {

/// log of the density.
double log_normal_density(double z);

/// Distribution function, accurate in the lower tail.
double normal_cdf(double z);

/// Quantile: normal_cdf(normal_quantile(p)) = p for 0 < p < 1; infinite at 0 and 1.
double normal_quantile(double p);

}  // namespace stune::model
