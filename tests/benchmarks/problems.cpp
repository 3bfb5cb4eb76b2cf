#include "problems.hpp"

#include <algorithm>
#include <memory>
#include <numbers>
#include <random>
#include <stdexcept>
#include <utility>

#include "base/random.hpp"

namespace stune::benchmarks {
namespace {

using std::numbers::pi;

std::vector<Parameter> cube(int d, double lower, double upper) {
  std::vector<Parameter> parameters;
  for (int i = 1; i <= d; ++i) parameters.push_back(range(std::string("x").append(std::to_string(i)), lower, upper));
  return parameters;
}

std::vector<double> all(int d, double value) { return std::vector<double>(static_cast<std::size_t>(d), value); }

const std::vector<double> minimizer_of_hartmann6 = {0.20168951037794658, 0.15001069146456325, 0.4768739733706766,
                                                    0.2753324288543796,  0.3116516165632252,  0.6573005308464771};

// The first coordinates are whole steps of the unit interval.
double discrete_hartmann6(Point x) {
  const double point[6] = {x[0] / 3, x[1] / 3, x[2] / 19, x[3] / 19, x[4], x[5]};
  return hartmann6(point);
}

std::vector<Parameter> discrete_hartmann6_parameters() {
  return {integer("x1", 0, 3),  integer("x2", 0, 3), integer("x3", 0, 19),
          integer("x4", 0, 19), range("x5", 0, 1),   range("x6", 0, 1)};
}

// One of each kind of parameter. Choices stand for places in no order.
double mixed_ackley(Point x) {
  constexpr double first[] = {6, -3, 0, 9, -6};
  constexpr double second[] = {-3, 9, 6, -6, 0};
  const double point[8] = {x[0],
                           x[1],
                           x[2],
                           x[3],
                           x[4],
                           first[static_cast<std::size_t>(x[5])],
                           second[static_cast<std::size_t>(x[6])],
                           3 - 3 * x[7]};
  return ackley(point);
}

std::vector<Parameter> mixed_ackley_parameters() {
  std::vector<Parameter> parameters = cube(3, -10, 20);
  parameters.push_back(integer("n1", -5, 10));
  parameters.push_back(integer("n2", -5, 10));
  const auto letters = [] {
    return std::vector<Value>{std::string("a"), std::string("b"), std::string("c"), std::string("d"), std::string("e")};
  };
  parameters.push_back(choice("c1", letters()));
  parameters.push_back(choice("c2", letters()));
  parameters.push_back(boolean("b"));
  return parameters;
}

// Categories decide much, a little, and nothing.
double mixed_levy(Point x) {
  constexpr double first[] = {-5, 4, 1, -2};
  constexpr double second[] = {1.2, 0.9, 1, 0.8};
  const double point[5] = {x[0], x[1], x[2], first[static_cast<std::size_t>(x[3])],
                           second[static_cast<std::size_t>(x[4])]};
  return levy(point);
}

std::vector<Parameter> mixed_levy_parameters() {
  std::vector<Parameter> parameters = cube(3, -10, 10);
  for (const char* name : {"c1", "c2", "c3"}) {
    parameters.push_back(choice(name, {std::string("a"), std::string("b"), std::string("c"), std::string("d")}));
  }
  return parameters;
}

const std::vector<double> minimizer_of_branin = {pi, 2.275};
const std::vector<double> minimizer_of_six_hump = {0.08984200893527233, -0.712656403019058};
const std::vector<double> minimizer_of_hartmann3 = {0.11458887930324516, 0.5556488954652733, 0.8525469855113912};
const std::vector<double> minimizer_of_michalewicz5 = {2.2029055203317585, 1.5707963276935817, 1.2849915712073205,
                                                       1.9230584699554245, 1.7204697731125427};
const std::vector<double> minimizer_of_shekel10 = {4.000746866658956, 3.9995094808675886, 4.000746866997999,
                                                   3.9995094822423836};
constexpr double valley_of_styblinski_tang = -2.903534043266028;

std::vector<Parameter> branin_parameters() { return {range("x1", -5, 10), range("x2", 0, 15)}; }

// name, parameters, function, minimizer, budget, gate
std::vector<Problem> noiseless() {
  return {
      {"branin", branin_parameters(), branin, minimizer_of_branin, 30, 2e-3},
      {"six_hump", {range("x1", -3, 3), range("x2", -2, 2)}, six_hump_camel, minimizer_of_six_hump, 30, 2e-3},
      {"hartmann3", cube(3, 0, 1), hartmann3, minimizer_of_hartmann3, 30, 1e-4},
      {"ackley4", cube(4, -10, 20), ackley, all(4, 0), 40},
      {"levy4", cube(4, -10, 10), levy, all(4, 1), 40, 1e-2},
      {"rosenbrock4", cube(4, -5, 10), rosenbrock, all(4, 1), 40, 60},
      {"griewank4", cube(4, -300, 600), griewank, all(4, 0), 40},
      {"hartmann6", cube(6, 0, 1), hartmann6, minimizer_of_hartmann6, 60, 1e-3},
      {"styblinski_tang5", cube(5, -5, 5), styblinski_tang, all(5, valley_of_styblinski_tang), 60, 17.6},
      {"cosine8", cube(8, -0.7, 1), cosine_mixture, all(8, 0), 60, 0.26},
      {"rastrigin5", cube(5, -3, 5.12), rastrigin, all(5, 0), 80},
      {"michalewicz5", cube(5, 0, pi), michalewicz, minimizer_of_michalewicz5, 80, 0.9},
      {"levy10", cube(10, -10, 10), levy, all(10, 1), 100, 0.2},
      {"rosenbrock8", cube(8, -5, 10), rosenbrock, all(8, 1), 100, 150},
      {"ackley10", cube(10, -10, 20), ackley, all(10, 0), 100, 3.3},
      {"ackley20", cube(20, -10, 20), ackley, all(20, 0), 100, 6.6},
  };
}

// ..., noise
std::vector<Problem> special() {
  const std::vector<double> mixed_minimizer = {0, 0, 0, 0, 0, 2, 4, 1};
  const std::vector<double> discrete_minimizer = {1, 0, 9, 5, 0.3098070607692537, 0.658700085746783};
  std::vector<double> within_50 = minimizer_of_hartmann6;
  within_50.resize(50, 0.5);  // of no influence
  return {
      {"branin_noisy", branin_parameters(), branin, minimizer_of_branin, 40, no_gate, 10},
      {"hartmann6_noisy", cube(6, 0, 1), hartmann6, minimizer_of_hartmann6, 60, no_gate, 0.1},
      {"ackley_mixed", mixed_ackley_parameters(), mixed_ackley, mixed_minimizer, 80},
      {"hartmann6_discrete", discrete_hartmann6_parameters(), discrete_hartmann6, discrete_minimizer, 50},
      {"hartmann6_in_50", cube(50, 0, 1), hartmann6, within_50, 120, 5e-3},
  };
}

std::vector<Problem> held_out() {
  std::vector<Problem> list = {
      {"beale", cube(2, -4.5, 4.5), beale, {3, 0.5}, 30, 0.02},
      {"holder_table", cube(2, -10, 10), holder_table, {8.055023465851152, 9.66459002806085}, 40, 0.02},
      {"egg_holder", cube(2, -512, 512), egg_holder, {512, 404.23180482889796}, 50, 74},
      {"levy_mixed", mixed_levy_parameters(), mixed_levy, {1, 1, 1, 2, 2, 0}, 60},
      {"powell8", cube(8, -4, 5), powell, all(8, 0), 60, 2},
      {"shekel10", cube(4, 0, 10), shekel10, minimizer_of_shekel10, 60, 0.1},
      {"three_hump", cube(2, -3, 5), three_hump_camel, {0, 0}, 30, 1e-3},
      {"styblinski_tang40", cube(40, -5, 5), styblinski_tang, all(40, valley_of_styblinski_tang), 200, 300},
  };
  for (Problem& problem : list) problem.held_out = true;
  return list;
}

}  // namespace

const std::vector<Problem>& problems() {
  static const std::vector<Problem> everything = [] {
    std::vector<Problem> list = noiseless();
    for (auto more : {special(), held_out()}) list.insert(list.end(), more.begin(), more.end());
    return list;
  }();
  return everything;
}

const Problem& problem(std::string_view name) {
  const auto found = std::ranges::find(problems(), name, &Problem::name);
  if (found != problems().end()) return *found;
  std::string message = "unknown problem " + std::string(name) + "; known are";
  for (const Problem& known : problems()) message += " " + known.name;
  throw std::invalid_argument(message);
}

double observe(const Problem& problem, Point x, std::uint64_t seed, int evaluation) {
  const double value = problem.value(x);
  if (problem.noise == 0) return value;
  std::mt19937_64 generator(stream_seed(seed, static_cast<std::uint64_t>(evaluation)));
  return value + std::normal_distribution<double>(0, problem.noise)(generator);
}

std::vector<double> numbers(const Problem& problem, const Parameterization& parameters) {
  std::vector<double> point;
  for (std::size_t i = 0; i < problem.parameters.size(); ++i) {
    const std::vector<Value>& values = problem.parameters[i].values;
    const Value& value = parameters.value(i);
    const bool chosen = problem.parameters[i].kind == ParameterKind::categorical;
    point.push_back(chosen ? static_cast<double>(std::ranges::find(values, value) - values.begin()) : to_number(value));
  }
  return point;
}

Parameterization parameterization(const Problem& problem, Point x) {
  auto names = std::make_shared<std::vector<std::string>>();
  std::vector<Value> values;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const Parameter& parameter = problem.parameters[i];
    names->push_back(parameter.name);
    switch (parameter.kind) {
      case ParameterKind::categorical:
        values.push_back(parameter.values[static_cast<std::size_t>(x[i])]);
        break;
      case ParameterKind::boolean:
        values.emplace_back(x[i] != 0);
        break;
      case ParameterKind::integer:
        values.emplace_back(static_cast<std::int64_t>(x[i]));
        break;
      default:
        values.emplace_back(x[i]);
    }
  }
  return {std::move(names), std::move(values)};
}

}  // namespace stune::benchmarks
