#include "model/dense.hpp"

#include <cstdlib>
#include <string_view>

namespace stune::model {

const DenseFunctions& dense_baseline();
#ifdef STUNE_DISPATCH
const DenseFunctions& dense_avx2();
#endif

namespace {

const DenseFunctions& choose() {
#ifdef STUNE_DISPATCH
  const char* const wish = std::getenv("STUNE_ISA");
  const bool lesser = wish != nullptr && std::string_view(wish) == "baseline";
  if (!lesser && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return dense_avx2();
#endif
  return dense_baseline();
}

}  // namespace

const DenseFunctions& dense() {
  static const DenseFunctions& chosen = choose();
  return chosen;
}

}  // namespace stune::model
