/// \file The problems for other programs, which then need no definition of their own.
///
///     problem_service                  one JSON array: name, parameters, budget, noise, optimum, gate, held_out
///     problem_service --evaluate       for each line "NAME SEED EVALUATION X1 X2 ..." answers "TOLD TRUE": what an
///                                      optimizer is told, and the value without noise
#include <cmath>
#include <cstdio>
#include <exception>
#include <iostream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

#include "problems.hpp"

namespace {

using namespace stune;
using namespace stune::benchmarks;

nlohmann::json to_json(const Parameter& parameter) {
  switch (parameter.kind) {
    case ParameterKind::real:
      return {{"name", parameter.name}, {"kind", "real"}, {"lower", parameter.lower}, {"upper", parameter.upper}};
    case ParameterKind::integer:
      return {{"name", parameter.name}, {"kind", "integer"}, {"lower", parameter.lower}, {"upper", parameter.upper}};
    default:
      const auto count = parameter.kind == ParameterKind::boolean ? 2 : parameter.values.size();
      return {{"name", parameter.name}, {"kind", "choice"}, {"count", count}};
  }
}

void describe() {
  nlohmann::json list = nlohmann::json::array();
  for (const Problem& problem : problems()) {
    nlohmann::json parameters = nlohmann::json::array();
    for (const Parameter& parameter : problem.parameters) parameters.push_back(to_json(parameter));
    list.push_back({{"name", problem.name},
                    {"parameters", parameters},
                    {"budget", problem.budget},
                    {"noise", problem.noise},
                    {"optimum", problem.optimum()},
                    {"minimizer", problem.minimizer},
                    {"gate", std::isfinite(problem.gate) ? nlohmann::json(problem.gate) : nlohmann::json()},
                    {"held_out", problem.held_out}});
  }
  std::cout << list.dump(1) << "\n";
}

void evaluate() {
  std::string line;
  while (std::getline(std::cin, line)) {
    std::istringstream words(line);
    std::string name;
    std::uint64_t seed = 0;
    int evaluation = 0;
    words >> name >> seed >> evaluation;
    std::vector<double> x;
    for (double value = 0; words >> value;) x.push_back(value);
    const Problem& asked = problem(name);
    if (x.size() != asked.parameters.size()) throw std::invalid_argument("not a point of " + name + ": " + line);
    std::printf("%.17g %.17g\n", observe(asked, x, seed, evaluation), asked.value(x));
    std::fflush(stdout);
  }
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc > 1 && std::string(argv[1]) == "--evaluate") {
    evaluate();
  } else {
    describe();
  }
} catch (const std::exception& error) {
  std::cerr << "problem_service: " << error.what() << "\n";
  return 1;
}
