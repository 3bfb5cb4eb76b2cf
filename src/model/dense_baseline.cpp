// What every CPU of this architecture can do.
#define Eigen Eigen_baseline
#define STUNE_ISA_NAME baseline
#define STUNE_ISA_TEXT "baseline"
#include "model/dense_functions.hpp"

namespace stune::model {
const DenseFunctions& dense_baseline() { return baseline::functions; }
}  // namespace stune::model
