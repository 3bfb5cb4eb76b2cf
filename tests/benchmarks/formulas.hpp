/// \file Test functions of optimization, to be minimized, by their closed forms. Any number of variables unless said
/// otherwise. Reference for all of them: Surjanovic & Bingham, Virtual Library of Simulation Experiments.
#pragma once

#include <span>

namespace stune::benchmarks {

using Point = std::span<const double>;

double ackley(Point x);            ///< lowest 0 at the origin
double beale(Point x);             ///< 2 variables; lowest 0 at (3, 0.5)
double branin(Point x);            ///< 2 variables; lowest 0.397887 at three points
double cosine_mixture(Point x);    ///< lowest -0.1 d at the origin
double egg_holder(Point x);        ///< 2 variables in [-512, 512]; lowest -959.6407
double griewank(Point x);          ///< lowest 0 at the origin
double hartmann3(Point x);         ///< the first 3 variables, in [0, 1]; lowest -3.86278
double hartmann6(Point x);         ///< the first 6 variables, in [0, 1]; lowest -3.32237
double holder_table(Point x);      ///< 2 variables in [-10, 10]; lowest -19.2085 at four points
double levy(Point x);              ///< lowest 0 at (1, ..)
double michalewicz(Point x);       ///< steepness 10, variables in [0, pi]; lowest -4.687658 for 5 variables
double powell(Point x);            ///< a multiple of 4 variables; lowest 0 at the origin
double rastrigin(Point x);         ///< lowest 0 at the origin
double rosenbrock(Point x);        ///< lowest 0 at (1, ..)
double shekel10(Point x);          ///< 4 variables in [0, 10]; lowest -10.5364
double six_hump_camel(Point x);    ///< 2 variables; lowest -1.03163 at two points
double styblinski_tang(Point x);   ///< lowest -39.16617 d
double three_hump_camel(Point x);  ///< 2 variables; lowest 0 at the origin

}  // namespace stune::benchmarks
