#include "cli/script.hpp"

#include <algorithm>
#include <cctype>
#include <optional>

#include "base/file.hpp"
#include "cli/words.hpp"
#include "stune/error.hpp"

namespace stune::cli {

namespace {

constexpr std::string_view marker = "#STUNE";

std::string place(const std::string& name, int line) { return name + ":" + std::to_string(line) + ": "; }

/// What follows the marker, if the line is one of ours.
std::optional<std::string_view> after_marker(std::string_view line) {
  if (!line.starts_with(marker)) return std::nullopt;
  const std::string_view rest = line.substr(marker.size());
  if (!rest.empty() && rest[0] != ' ' && rest[0] != '\t') return std::nullopt;
  return rest;
}

bool is_command(std::string_view line) {
  const auto first = line.find_first_not_of(" \t\f\v");
  return first != std::string_view::npos && line[first] != '#';
}

/// "# STUNE --trials 5", "#stune --trials 5": a comment for us, but hardly meant as one.
bool looks_meant_for_us(std::string_view line) {
  const auto first = line.find_first_not_of("# \t");
  if (line.empty() || line[0] != '#' || line.starts_with("##") || first == std::string_view::npos) return false;
  std::string word(line.substr(first, 6));
  std::transform(word.begin(), word.end(), word.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  const auto option = line.find_first_not_of(" \t", std::min(first + 5, line.size()));
  return word.starts_with("STUNE") && option != std::string_view::npos && line.substr(option).starts_with("--");
}

void check_text(std::string_view text, const std::string& name) {
  if (text.empty())
    throw ConfigError(name + ": the file is empty; an experiment script begins with #!, as in #!/bin/bash");
  if (text.starts_with("\xEF\xBB\xBF")) {
    throw ConfigError(
        place(name, 1) +
        "begins with a byte order mark, so its #! would not be seen; remove it with: sed -i '1s/^\\xEF\\xBB\\xBF//' " +
        shell_quoted(name));
  }
  if (!text.starts_with("#!")) {
    const std::string_view line = text.substr(0, std::min<std::size_t>(text.find('\n'), 40));
    throw ConfigError(place(name, 1) + "begins with \"" + std::string(line) +
                      "\"; an experiment script begins with #! and its interpreter, as in #!/bin/bash");
  }
  const auto line_of = [&](std::size_t at) {
    return 1 + static_cast<int>(std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n'));
  };
  if (const auto at = text.find("\r\n"); at != std::string_view::npos) {
    throw ConfigError(
        place(name, line_of(at)) +
        "ends with a DOS line end (CR LF), which no shell understands; convert the file with: sed -i 's/\\r$//' " +
        shell_quoted(name));
  }
  if (const auto at = text.find('\0'); at != std::string_view::npos) {
    throw ConfigError(place(name, line_of(at)) + "holds a NUL byte; this is no text file");
  }
}

}  // namespace

ScriptLines parse_script(std::string_view text, const std::string& name) {
  check_text(text, name);
  ScriptLines found;
  int number = 0, command = 0;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    const std::string_view line = text.substr(begin, end - begin);
    begin = end + 1;
    ++number;
    if (const auto rest = after_marker(line)) {
      if (command > 0) {
        throw ConfigError(place(name, number) + "this #STUNE line comes after the first command (line " +
                          std::to_string(command) + ") and would not be seen; move it up to the others");
      }
      try {
        found.lines.push_back({number, split_words(*rest)});
      } catch (const ConfigError& error) {
        throw ConfigError(place(name, number) + error.what());
      }
    } else if (command == 0 && looks_meant_for_us(line)) {
      found.notices.push_back(place(name, number) + "this line is a comment; one for stune begins with #STUNE");
    } else if (command == 0 && number > 1 && is_command(line)) {
      command = number;
    }
  }
  return found;
}

std::string read_script(const std::filesystem::path& path) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  const std::string name = path.string();
  if (status.type() == std::filesystem::file_type::not_found) throw ConfigError(name + ": there is no such file");
  if (status.type() == std::filesystem::file_type::directory)
    throw ConfigError(name + ": this is a folder, not an experiment script");
  if (status.type() != std::filesystem::file_type::regular) {
    throw ConfigError(name + ": not a regular file" + (error ? " (" + error.message() + ")" : ""));
  }
  try {
    if (auto text = read_file(path)) return *std::move(text);
  } catch (const StorageError& failure) {
    throw ConfigError(failure.what());
  }
  throw ConfigError(name + ": there is no such file");
}

}  // namespace stune::cli
