/// \file Lines for people on standard error, as the tutorial shows them: "[INFO 11-23 18:38:15] stune: Running trials
/// [3]...".
#pragma once

#include <string_view>

namespace stune::log {

void info(std::string_view message);
void warn(std::string_view message);
/// Only warnings from now on.
void set_quiet(bool quiet);

}  // namespace stune::log
