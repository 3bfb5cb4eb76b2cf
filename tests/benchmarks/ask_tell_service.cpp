/// \file The optimizer for other programs, so that it can be timed next to theirs.
///
///     ask_tell_service PROBLEM SEED     reads lines: "ask" answers "X1 X2 ..."; "tell LOSS" is about the point asked
///     for
///                                       last; "attach LOSS X1 X2 ..." tells of another point
#include <cstdio>
#include <exception>
#include <iostream>
#include <sstream>
#include <string>

#include "ask_tell.hpp"

int main(int argc, char** argv) try {
  using namespace stune::benchmarks;
  if (argc != 3) throw std::invalid_argument("usage: ask_tell_service PROBLEM SEED");
  AskTell optimizer(problem(argv[1]), {.seed = std::stoull(argv[2])});
  int asked = -1;
  for (std::string line; std::getline(std::cin, line);) {
    std::istringstream words(line);
    std::string verb;
    double loss = 0;
    words >> verb;
    if (verb == "ask") {
      asked = optimizer.ask().value();
      for (const double x : optimizer.point(asked)) std::printf("%.17g ", x);
      std::printf("\n");
      std::fflush(stdout);
    } else if (verb == "tell" && words >> loss) {
      optimizer.tell(asked, loss);
    } else if (verb == "attach" && words >> loss) {
      std::vector<double> x;
      for (double value = 0; words >> value;) x.push_back(value);
      optimizer.attach(x, loss);
    } else {
      throw std::invalid_argument("cannot read: " + line);
    }
  }
} catch (const std::exception& error) {
  std::cerr << "ask_tell_service: " << error.what() << "\n";
  return 1;
}
