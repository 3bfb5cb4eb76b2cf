#include "runners/slurm_escalation.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <string_view>

#include "stune/error.hpp"

namespace stune::slurm {
namespace {

constexpr std::array<std::string_view, 3> memory_options{"--mem", "--mem-per-cpu", "--mem-per-gpu"};

bool is_time(std::string_view name) { return name == "--time" || name == "-t"; }

bool is_memory(std::string_view name) {
  for (const std::string_view known : memory_options) {
    if (name == known) return true;
  }
  return false;
}

/// The name, and where the value begins in the word itself (npos: it is the next word).
struct Option {
  std::string name;
  std::size_t value = std::string::npos;
};

Option option_of(const std::string& word) {
  if (word.starts_with("--")) {
    const std::size_t sign = word.find('=');
    return {word.substr(0, sign), sign == std::string::npos ? sign : sign + 1};
  }
  return {word.substr(0, 2), word.size() > 2 ? 2 : std::string::npos};
}

/// Calls `change` with the value of each option that `is_meant`; what it returns takes the value's place.
void change_values(Words& words, const std::function<bool(std::string_view)>& is_meant,
                   const std::function<std::string(const std::string&)>& change) {
  for (std::size_t i = 0; i < words.size(); ++i) {
    const Option option = option_of(words[i]);
    if (!is_meant(option.name)) continue;
    if (option.value != std::string::npos) {
      words[i] = words[i].substr(0, option.value) + change(words[i].substr(option.value));
    } else if (i + 1 < words.size()) {
      ++i;
      words[i] = change(words[i]);
    }
  }
}

bool asks_for(const Words& words, const std::function<bool(std::string_view)>& is_meant) {
  for (const std::string& word : words) {
    if (is_meant(option_of(word).name)) return true;
  }
  return false;
}

/// Numbers between colons; nothing if one is none.
std::optional<std::vector<std::int64_t>> numbers_of(std::string_view text) {
  constexpr std::int64_t largest = 100'000'000;
  std::vector<std::int64_t> numbers;
  while (true) {
    std::int64_t number = 0;
    const std::string_view part = text.substr(0, text.find(':'));
    const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), number);
    if (error != std::errc() || end != part.data() + part.size() || number < 0 || number > largest) return {};
    numbers.push_back(number);
    if (part.size() == text.size()) return numbers;
    text.remove_prefix(part.size() + 1);
  }
}

}  // namespace

bool asks_for_time(const Words& words) { return asks_for(words, is_time); }
bool asks_for_memory(const Words& words) { return asks_for(words, is_memory); }

void check_growth(const UserOptions& options, double time_factor, double memory_factor, Seconds trial_time_limit) {
  const auto asked = [&](bool (*asks)(const Words&)) {
    return asks(options.from_script) || asks(options.from_command_line);
  };
  if (time_factor > 1.0 && trial_time_limit.count() <= 0 && !asked(asks_for_time)) {
    throw ConfigError(
        "--on-timeout retry needs a time limit to lengthen: add --time to the #SBATCH lines or to --sbatch");
  }
  if (memory_factor > 1.0 && !asked(asks_for_memory)) {
    throw ConfigError("--on-oom retry needs memory to increase: add --mem to the #SBATCH lines or to --sbatch");
  }
}

std::optional<Seconds> parse_time_limit(const std::string& text) {
  const std::size_t dash = text.find('-');
  const auto days = dash == std::string::npos ? numbers_of("0") : numbers_of(text.substr(0, dash));
  auto rest = numbers_of(dash == std::string::npos ? text : text.substr(dash + 1));
  if (!days || !rest || days->size() != 1 || rest->size() > 3) return {};
  // Without days a lone number is minutes, and two are minutes and seconds.
  if (dash == std::string::npos && rest->size() < 3) rest->insert(rest->begin(), 0);
  rest->resize(3);
  return Seconds(static_cast<double>((((*days)[0] * 24 + (*rest)[0]) * 60 + (*rest)[1]) * 60 + (*rest)[2]));
}

std::string format_time_limit(Seconds limit) {
  const auto seconds = static_cast<std::int64_t>(std::ceil(limit.count()));
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%lld-%02d:%02d:%02d", static_cast<long long>(seconds / 86400),
                static_cast<int>(seconds / 3600 % 24), static_cast<int>(seconds / 60 % 60),
                static_cast<int>(seconds % 60));
  return text.data();
}

std::optional<std::string> times_memory(const std::string& text, double factor) {
  constexpr std::string_view units = "KMGTP";
  double amount = 0.0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), amount);
  if (error != std::errc() || !(amount > 0.0) || amount > 1e12) return {};
  const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
  if (unit.size() > 2 || (unit.size() == 2 && unit[1] != 'B' && unit[1] != 'b')) return {};
  // As sbatch: megabytes where there is no unit.
  const std::size_t power =
      unit.empty() ? 1 : units.find(static_cast<char>(unit[0] >= 'a' ? unit[0] - 'a' + 'A' : unit[0]));
  if (power == std::string_view::npos) return {};
  const double megabytes = amount * factor * std::pow(1024.0, static_cast<double>(power) - 1.0);
  if (megabytes > 1e15) return {};
  return std::to_string(static_cast<std::int64_t>(std::ceil(megabytes))) + "M";
}

Words with_more(Words words, double time, double memory) {
  if (time > 1.0) {
    change_values(words, is_time, [time](const std::string& text) {
      const auto limit = parse_time_limit(text);
      return limit && limit->count() > 0 ? format_time_limit(*limit * time) : text;
    });
  }
  if (memory > 1.0) {
    change_values(words, is_memory,
                  [memory](const std::string& text) { return times_memory(text, memory).value_or(text); });
  }
  return words;
}

}  // namespace stune::slurm
