/// \file Small statistics that several analyses need. Pure; nothing here is empty.
#pragma once

#include <vector>

namespace stune::analysis {

double mean_of(const std::vector<double>& values);
/// 0 where one of them is constant.
double correlation(const std::vector<double>& a, const std::vector<double>& b);
/// Spearman's; equal values share a rank.
double rank_correlation(const std::vector<double>& a, const std::vector<double>& b);
/// The value below which the part `share` of them lies, between neighbours linearly.
double quantile(std::vector<double> values, double share);

}  // namespace stune::analysis
