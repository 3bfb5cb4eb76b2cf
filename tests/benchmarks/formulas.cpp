#include "formulas.hpp"

#include <cmath>
#include <cstddef>
#include <numbers>

namespace stune::benchmarks {
namespace {

using std::numbers::pi;

double square(double x) { return x * x; }

// - sum_i weight_i exp(- sum_j A_ij (x_j - P_ij)^2)
template <std::size_t d>
double hartmann(Point x, const double (&A)[4][d], const double (&P)[4][d]) {
  constexpr double weight[4] = {1.0, 1.2, 3.0, 3.2};
  double sum = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    double distance = 0;
    for (std::size_t j = 0; j < d; ++j) distance += A[i][j] * square(x[j] - P[i][j]);
    sum += weight[i] * std::exp(-distance);
  }
  return -sum;
}

}  // namespace

double ackley(Point x) {
  const auto d = static_cast<double>(x.size());
  double squares = 0;
  double cosines = 0;
  for (const double v : x) {
    squares += v * v;
    cosines += std::cos(2 * pi * v);
  }
  return 20 - 20 * std::exp(-0.2 * std::sqrt(squares / d)) + std::numbers::e - std::exp(cosines / d);
}

double beale(Point x) {
  const double y = x[1];
  return square(1.5 - x[0] + x[0] * y) + square(2.25 - x[0] + x[0] * y * y) + square(2.625 - x[0] + x[0] * y * y * y);
}

double branin(Point x) {
  const double valley = x[1] - 5.1 / (4 * pi * pi) * x[0] * x[0] + 5 / pi * x[0] - 6;
  return valley * valley + 10 * (1 - 1 / (8 * pi)) * std::cos(x[0]) + 10;
}

double cosine_mixture(Point x) {
  double sum = 0;
  for (const double v : x) sum += v * v - 0.1 * std::cos(5 * pi * v);
  return sum;
}

double egg_holder(Point x) {
  const double raised = x[1] + 47;
  return -raised * std::sin(std::sqrt(std::abs(raised + x[0] / 2))) -
         x[0] * std::sin(std::sqrt(std::abs(x[0] - raised)));
}

double griewank(Point x) {
  double sum = 0;
  double product = 1;
  for (std::size_t i = 0; i < x.size(); ++i) {
    sum += x[i] * x[i] / 4000;
    product *= std::cos(x[i] / std::sqrt(static_cast<double>(i + 1)));
  }
  return sum - product + 1;
}

double hartmann3(Point x) {
  constexpr double A[4][3] = {{3, 10, 30}, {0.1, 10, 35}, {3, 10, 30}, {0.1, 10, 35}};
  constexpr double P[4][3] = {
      {0.3689, 0.1170, 0.2673}, {0.4699, 0.4387, 0.7470}, {0.1091, 0.8732, 0.5547}, {0.0381, 0.5743, 0.8828}};
  return hartmann(x, A, P);
}

double hartmann6(Point x) {
  constexpr double A[4][6] = {
      {10, 3, 17, 3.5, 1.7, 8}, {0.05, 10, 17, 0.1, 8, 14}, {3, 3.5, 1.7, 10, 17, 8}, {17, 8, 0.05, 10, 0.1, 14}};
  constexpr double P[4][6] = {{0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886},
                              {0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991},
                              {0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.6650},
                              {0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381}};
  return hartmann(x, A, P);
}

double holder_table(Point x) {
  return -std::abs(std::sin(x[0]) * std::cos(x[1]) * std::exp(std::abs(1 - std::hypot(x[0], x[1]) / pi)));
}

double levy(Point x) {
  const auto w = [&](std::size_t i) { return 1 + (x[i] - 1) / 4; };
  double sum = square(std::sin(pi * w(0)));
  const std::size_t last = x.size() - 1;
  for (std::size_t i = 0; i < last; ++i) sum += square(w(i) - 1) * (1 + 10 * square(std::sin(pi * w(i) + 1)));
  return sum + square(w(last) - 1) * (1 + square(std::sin(2 * pi * w(last))));
}

double michalewicz(Point x) {
  double sum = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    sum -= std::sin(x[i]) * std::pow(std::sin(static_cast<double>(i + 1) * x[i] * x[i] / pi), 20);
  }
  return sum;
}

double powell(Point x) {
  double sum = 0;
  for (std::size_t i = 0; i + 3 < x.size(); i += 4) {
    sum += square(x[i] + 10 * x[i + 1]) + 5 * square(x[i + 2] - x[i + 3]) + square(square(x[i + 1] - 2 * x[i + 2])) +
           10 * square(square(x[i] - x[i + 3]));
  }
  return sum;
}

double rastrigin(Point x) {
  double sum = 0;
  for (const double v : x) sum += 10 + v * v - 10 * std::cos(2 * pi * v);
  return sum;
}

double rosenbrock(Point x) {
  double sum = 0;
  for (std::size_t i = 0; i + 1 < x.size(); ++i) sum += 100 * square(x[i + 1] - x[i] * x[i]) + square(1 - x[i]);
  return sum;
}

double shekel10(Point x) {
  constexpr double width[10] = {0.1, 0.2, 0.2, 0.4, 0.4, 0.6, 0.3, 0.7, 0.5, 0.5};
  constexpr double centre[10][2] = {{4, 4}, {1, 1}, {8, 8}, {6, 6}, {3, 7}, {2, 9}, {5, 3}, {8, 1}, {6, 2}, {7, 3.6}};
  double sum = 0;
  for (std::size_t i = 0; i < 10; ++i) {
    double distance = width[i];
    for (std::size_t j = 0; j < 4; ++j) distance += square(x[j] - centre[i][j % 2]);
    sum -= 1 / distance;
  }
  return sum;
}

double six_hump_camel(Point x) {
  const double a = x[0] * x[0];
  const double b = x[1] * x[1];
  return (4 - 2.1 * a + a * a / 3) * a + x[0] * x[1] + (4 * b - 4) * b;
}

double styblinski_tang(Point x) {
  double sum = 0;
  for (const double v : x) sum += (square(v * v) - 16 * v * v + 5 * v) / 2;
  return sum;
}

double three_hump_camel(Point x) {
  const double a = x[0] * x[0];
  return 2 * a - 1.05 * a * a + a * a * a / 6 + x[0] * x[1] + x[1] * x[1];
}

}  // namespace stune::benchmarks
