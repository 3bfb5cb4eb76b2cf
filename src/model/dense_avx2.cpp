// Compiled with -mavx2 -mfma; called only where the CPU has both.
#define Eigen Eigen_avx2
#define STUNE_ISA_NAME avx2
#define STUNE_ISA_TEXT "avx2"
#include "model/dense_functions.hpp"

namespace stune::model {
const DenseFunctions& dense_avx2() { return avx2::functions; }
}  // namespace stune::model
