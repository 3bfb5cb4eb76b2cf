#include <algorithm>
#include <cmath>

#include "stune/error.hpp"
#include "trial/folder.hpp"
#include "trial/task.hpp"

namespace stune {
namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// "{NAME}" at `begin`: the name, or empty if what stands there is no placeholder.
std::string_view name_at(std::string_view text, std::size_t begin) {
  std::size_t end = begin + 1;
  if (text[begin] != '{' || end >= text.size() || !is_letter(text[end])) return {};
  while (end < text.size() && (is_letter(text[end]) || is_digit(text[end]) || text[end] == '.' || text[end] == '-')) {
    ++end;
  }
  return end < text.size() && text[end] == '}' ? text.substr(begin + 1, end - begin - 1) : std::string_view{};
}

std::string value_of(std::string_view name, AttemptId id, const Parameterization& parameters) {
  if (parameters.contains(name)) return to_string(parameters.at(name));
  if (name == "trial") return std::to_string(id.trial);
  if (name == "attempt") return std::to_string(id.attempt);
  std::string known;
  for (std::size_t i = 0; i < parameters.size(); ++i) known += "{" + parameters.name(i) + "}, ";
  throw ConfigError("{" + std::string(name) + "} stands for no parameter; known are " + known +
                    "{trial} and {attempt}; write {{" + std::string(name) + "}} for the text itself");
}

std::string variable_name(const std::string& parameter) {
  std::string result = "STUNE_" + parameter;
  std::replace_if(
      result.begin(), result.end(), [](char c) { return !is_letter(c) && !is_digit(c); }, '_');
  return result;
}

std::filesystem::path below(const std::filesystem::path& folder, const std::filesystem::path& path) {
  return path.is_absolute() ? path : folder / path;
}

}  // namespace

std::string fill_placeholders(const std::string& text, AttemptId id, const Parameterization& parameters) {
  std::string result;
  result.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    const bool doubled = text.compare(i, 2, "{{") == 0;
    const std::string_view name = name_at(text, doubled ? i + 1 : i);
    const std::size_t end = i + name.size() + 2;
    if (doubled && !name.empty() && text.compare(end, 2, "}}") == 0) {
      result.append("{").append(name).append("}");
      i = end + 2;
    } else if (!doubled && !name.empty() && (i == 0 || text[i - 1] != '$')) {
      result += value_of(name, id, parameters);
      i = end;
    } else {
      result += text[i++];
    }
  }
  return result;
}

Task make_task(const Workplace& workplace, const std::string& token, const Job& job, bool with_marker) {
  const ExperimentFolder experiment(workplace.folder);
  const AttemptFolder attempt = experiment.attempt(job.id);
  Task task;
  task.id = job.id;
  task.token = token;
  task.parameters = job.parameters;
  if (!workplace.command.script.empty()) task.arguments.push_back(workplace.command.script.string());
  for (const std::string& argument : workplace.command.arguments) {
    task.arguments.push_back(fill_placeholders(argument, job.id, job.parameters));
  }
  task.working_directory =
      workplace.working_directory.empty() ? experiment.trial(job.id.trial) : workplace.working_directory;
  for (std::size_t i = 0; i < job.parameters.size(); ++i) {
    task.environment[variable_name(job.parameters.name(i))] = to_string(job.parameters.value(i));
  }
  task.environment["STUNE_TRIAL"] = std::to_string(job.id.trial);
  task.environment["STUNE_ATTEMPT"] = std::to_string(job.id.attempt);
  task.environment["STUNE_TRIAL_DIR"] = experiment.trial(job.id.trial).string();
  task.environment["STUNE_ATTEMPT_DIR"] = attempt.path().string();
  task.environment["STUNE_PARAMETERS"] = attempt.parameters().string();
  if (with_marker) task.done_marker = experiment.done_marker(job.id);
  for (const auto& file : workplace.metric_files) {
    const std::string filled = fill_placeholders(file.string(), job.id, {});
    task.metric_files.push_back(below(experiment.trial(job.id.trial), filled));
  }
  task.time_limit = workplace.trial_time_limit * std::pow(workplace.time_factor, job.more_time);
  return task;
}

}  // namespace stune
