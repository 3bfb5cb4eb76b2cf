/// \file Reading and writing small pieces of text, the same in every locale.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stune {

/// The whole of `text` as a decimal number, with an optional sign; "nan" and "inf" are numbers, too. Nothing if it is
/// something else or does not fit.
std::optional<double> parse_number(std::string_view text);
std::optional<std::int64_t> parse_integer(std::string_view text);

/// The shortest form that reads back the same: 0.1, 1e-05, 3.
std::string format_number(double value);

/// "text", with double quotes and control characters made visible: for messages.
std::string in_quotes(std::string_view text);
std::string_view trimmed(std::string_view text);
std::string join(const std::vector<std::string>& parts, std::string_view separator = ", ");

/// `; did you mean "lr"?` where one of `known` is close to `word` in edits; else empty.
std::string did_you_mean(std::string_view word, const std::vector<std::string>& known);

}  // namespace stune
