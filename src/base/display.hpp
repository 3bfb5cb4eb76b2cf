/// \file Text of others on a terminal. Pure; the same in every locale.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace stune {

/// `text` with a '?' for each character that could disturb a terminal (control characters, marks that turn the
/// direction of writing) and for each byte that is not UTF-8. What is left is printable.
std::string printable(std::string_view text);

/// Columns of a terminal that printable text takes: characters, not bytes; those of East Asia and emoji take two,
/// accents that are put onto others none.
std::size_t display_width(std::string_view text);

/// Printable text in at most `most` columns, at least 3; where some is left out it ends in "...".
std::string shortened(const std::string& text, std::size_t most);

/// Printable text in lines of at most `width` columns, at least 2; broken at blanks, and inside of longer words. At
/// least one line.
std::vector<std::string> wrapped(const std::string& text, std::size_t width);

}  // namespace stune
