#include "trial/folder.hpp"

#include <algorithm>
#include <charconv>
#include <cstdio>

namespace stune {
namespace {

std::string padded(int number) {
  char text[16];
  std::snprintf(text, sizeof text, "%06d", number);
  return text;
}

std::optional<int> parse_number(std::string_view text) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < 0 || text.front() == '-')
    return std::nullopt;
  return number;
}

}  // namespace

std::filesystem::path AttemptFolder::task() const { return path_ / "task.json"; }
std::filesystem::path AttemptFolder::parameters() const { return path_ / "parameters.json"; }
std::filesystem::path AttemptFolder::claim(int start) const { return path_ / ("claim." + std::to_string(start)); }
std::filesystem::path AttemptFolder::exit_record(int start) const {
  return path_ / ("exit." + std::to_string(start) + ".json");
}
std::filesystem::path AttemptFolder::metrics(int start) const {
  return path_ / ("metrics." + std::to_string(start) + ".h5");
}
std::filesystem::path AttemptFolder::records() const { return path_ / "records"; }
std::filesystem::path AttemptFolder::output() const { return path_ / "output.log"; }

std::filesystem::path ExperimentFolder::bin() const { return path_ / "bin"; }
std::filesystem::path ExperimentFolder::trials() const { return path_ / "trials"; }
std::filesystem::path ExperimentFolder::trial(int index) const { return trials() / padded(index); }
std::filesystem::path ExperimentFolder::removed() const { return trials() / ".removed"; }
std::filesystem::path ExperimentFolder::submissions() const { return path_ / "submissions"; }
AttemptFolder ExperimentFolder::attempt(AttemptId id) const {
  return AttemptFolder(trial(id.trial) / ("attempt-" + std::to_string(id.attempt)));
}
std::filesystem::path ExperimentFolder::submission(int number) const { return submissions() / padded(number); }
std::filesystem::path ExperimentFolder::done() const { return path_ / "done"; }
std::filesystem::path ExperimentFolder::done_marker(AttemptId id) const {
  return done() / (padded(id.trial) + "." + std::to_string(id.attempt));
}
std::filesystem::path ExperimentFolder::node_program() const { return bin() / "stune"; }

std::vector<int> numbered_folders(const std::filesystem::path& parent) {
  std::vector<int> numbers;
  std::error_code error;
  std::filesystem::directory_iterator entry(parent, error);
  for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    const auto number = parse_number(name);
    if (number && name == padded(*number)) numbers.push_back(*number);
  }
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

std::optional<AttemptId> parse_marker(const std::string& file_name) {
  const std::size_t dot = file_name.find('.');
  if (dot == std::string::npos || dot < padded(0).size() || dot + 1 == file_name.size()) return std::nullopt;
  const auto trial = parse_number(std::string_view(file_name).substr(0, dot));
  const auto attempt = parse_number(std::string_view(file_name).substr(dot + 1));
  if (!trial || !attempt) return std::nullopt;
  return AttemptId{*trial, *attempt};
}

std::vector<AttemptId> finished_attempts(const ExperimentFolder& folder) {
  std::vector<AttemptId> result;
  std::error_code error;
  std::filesystem::directory_iterator entry(folder.done(), error);
  for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    if (const auto id = parse_marker(entry->path().filename().string())) result.push_back(*id);
  }
  std::sort(result.begin(), result.end());
  return result;
}

}  // namespace stune
