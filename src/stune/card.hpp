/// \file A result to look at: a table with a title and a sentence that says what to look for.
#pragma once

#include <string>
#include <vector>

#include "stune/value.hpp"

namespace stune {

struct Card {
  std::string name{};  ///< of the analysis: "Summary", "Best trial", ...
  std::string title{};
  std::string text{};  ///< one or two sentences for people
  std::vector<std::string> columns{};
  std::vector<std::vector<Value>> rows{};  ///< as many values as columns; an empty text is "no value"
};

/// As aligned text for a terminal.
std::string to_text(const Card& card);

}  // namespace stune
