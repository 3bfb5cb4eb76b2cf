#include "analysis/hypervolume.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>

namespace stune::analysis {
namespace {

bool is_finite(const Losses& point) { return std::isfinite(point[0]) && std::isfinite(point[1]); }

/// A front that grows: second losses by first ones. The larger the first, the smaller the second.
class GrowingFront {
 public:
  explicit GrowingFront(const Losses& reference) : reference_(reference) {}

  /// By how much the hypervolume grows. O(log n), but for points that are dominated from now on: each of them once.
  double add(const Losses& point) {
    if (!is_finite(point) || !(point[0] < reference_[0]) || !(point[1] < reference_[1])) return 0.0;
    auto next = front_.upper_bound(point[0]);
    double ceiling = next == front_.begin() ? reference_[1] : std::prev(next)->second;
    if (ceiling <= point[1]) return 0.0;
    if (next != front_.begin() && std::prev(next)->first == point[0]) next = front_.erase(std::prev(next));
    double gain = 0.0;
    double from = point[0];
    while (next != front_.end() && next->second >= point[1]) {
      gain += (next->first - from) * (ceiling - point[1]);
      from = next->first;
      ceiling = next->second;
      next = front_.erase(next);
    }
    gain += ((next == front_.end() ? reference_[0] : next->first) - from) * (ceiling - point[1]);
    front_.emplace_hint(next, point[0], point[1]);
    return gain;
  }

 private:
  Losses reference_;
  std::map<double, double> front_;
};

}  // namespace

std::vector<std::size_t> pareto_front(const std::vector<Losses>& points) {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (is_finite(points[i])) order.push_back(i);
  }
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return points[i]; });
  std::vector<std::size_t> front;
  for (const std::size_t i : order) {
    const bool is_better = front.empty() || points[i][1] < points[front.back()][1];
    if (is_better || points[i] == points[front.back()]) front.push_back(i);
  }
  return front;
}

double hypervolume(const std::vector<Losses>& points, const Losses& reference) {
  double area = 0.0;
  double ceiling = reference[1];
  for (const std::size_t i : pareto_front(points)) {
    if (points[i][0] >= reference[0] || points[i][1] >= ceiling) continue;
    area += (reference[0] - points[i][0]) * (ceiling - points[i][1]);
    ceiling = points[i][1];
  }
  return area;
}

std::vector<double> growing_hypervolume(const std::vector<Losses>& points, const Losses& reference) {
  GrowingFront front(reference);
  std::vector<double> areas;
  for (const Losses& point : points) areas.push_back((areas.empty() ? 0.0 : areas.back()) + front.add(point));
  return areas;
}

}  // namespace stune::analysis
