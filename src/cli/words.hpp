/// \file Words as a shell reads and writes them. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace stune::cli {

/// Splits as a shell does: '...' literally, "..." with \" \\ \$ \` as escapes, a backslash outside of quotes takes the
/// next character as it is, a # at the beginning of a word starts a comment. Nothing is expanded.
/// Throws ConfigError where a quote is not closed or a backslash ends the text.
std::vector<std::string> split_words(std::string_view text);

/// The word as a shell would have to read it; unchanged where nothing in it is special.
std::string shell_quoted(std::string_view word);
/// All words, quoted where necessary, with spaces between.
std::string command_line(const std::vector<std::string>& words);

}  // namespace stune::cli
