// fuzz_parsers --target=NAME [options of libFuzzer]; without a target it prints their names.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "stune/error.hpp"
#include "tests/fuzz/targets.hpp"

namespace {
const stune::fuzz::Target* chosen = nullptr;
}

extern "C" int LLVMFuzzerInitialize(int* count, char*** arguments) {
  constexpr std::string_view option = "--target=";
  for (int i = 1; i < *count; ++i) {
    const std::string_view argument = (*arguments)[i];
    if (!argument.starts_with(option)) continue;
    for (const auto& target : stune::fuzz::targets()) {
      if (argument.substr(option.size()) == target.name) chosen = &target;
    }
  }
  if (chosen != nullptr) return 0;
  for (const auto& target : stune::fuzz::targets()) std::puts(target.name);
  std::exit(*count > 1 ? 2 : 0);
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    chosen->read({reinterpret_cast<const char*>(data), size});
  } catch (const stune::Error&) {
    return 0;
  }
  return 0;
}
