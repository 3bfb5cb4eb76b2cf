#include "cli/words.hpp"

#include <algorithm>
#include <cctype>

#include "stune/error.hpp"

namespace stune::cli {

namespace {

bool is_blank(char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; }

/// Characters after the opening quote at `at`; leaves `at` on the closing one.
std::string quoted_part(std::string_view text, std::size_t& at) {
  const char quote = text[at];
  std::string part;
  for (++at; at < text.size(); ++at) {
    if (text[at] == quote) return part;
    const bool escape = quote == '"' && text[at] == '\\' && at + 1 < text.size() &&
                        std::string_view("\"\\$`").find(text[at + 1]) != std::string_view::npos;
    if (escape) ++at;
    part += text[at];
  }
  throw ConfigError(std::string("a quote ") + quote + " is not closed: " + std::string(text));
}

std::string word_at(std::string_view text, std::size_t& at) {
  std::string word;
  for (; at < text.size() && !is_blank(text[at]); ++at) {
    if (text[at] == '\'' || text[at] == '"') {
      word += quoted_part(text, at);
    } else if (text[at] == '\\') {
      if (++at == text.size()) throw ConfigError("a backslash ends the line: " + std::string(text));
      word += text[at];
    } else {
      word += text[at];
    }
  }
  return word;
}

}  // namespace

std::vector<std::string> split_words(std::string_view text) {
  std::vector<std::string> words;
  for (std::size_t at = 0; at < text.size();) {
    if (is_blank(text[at])) {
      ++at;
    } else if (text[at] == '#') {
      break;
    } else {
      words.push_back(word_at(text, at));
    }
  }
  return words;
}

std::string shell_quoted(std::string_view word) {
  const auto plain = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) ||
           std::string_view("_-+=./:,@%").find(c) != std::string_view::npos;
  };
  if (!word.empty() && std::all_of(word.begin(), word.end(), plain)) return std::string(word);
  std::string text = "'";
  for (const char c : word) {
    if (c == '\'') {
      text += "'\\''";
    } else {
      text += c;
    }
  }
  return text + "'";
}

std::string command_line(const std::vector<std::string>& words) {
  std::string line;
  for (const std::string& word : words) {
    if (!line.empty()) line += ' ';
    line += shell_quoted(word);
  }
  return line;
}

}  // namespace stune::cli
