#include "trial/task.hpp"

#include "base/file.hpp"
#include "stune/error.hpp"
#include "trial/json.hpp"

namespace stune {
namespace {

using trial::Json;

Json encode_value(const Value& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return trial::encode_text(*text);
  if (const auto* number = std::get_if<double>(&value)) return trial::encode_number(*number);
  if (const auto* integer = std::get_if<std::int64_t>(&value)) return *integer;
  return std::get<bool>(value);
}

Value decode_value(const Json& json) {
  if (json.is_boolean()) return json.get<bool>();
  if (json.is_number_integer()) return trial::decode_integer<std::int64_t>(json);
  if (json.is_number_float()) return json.get<double>();
  return trial::decode_text(json);
}

Json encode(const Parameterization& parameters) {
  Json json = Json::object();
  for (std::size_t i = 0; i < parameters.size(); ++i) json[parameters.name(i)] = encode_value(parameters.value(i));
  return json;
}

Parameterization decode_parameters(const Json& json) {
  auto names = std::make_shared<std::vector<std::string>>();
  std::vector<Value> values;
  for (const auto& [name, value] : json.items()) {
    names->push_back(name);
    values.push_back(decode_value(value));
  }
  return {std::move(names), std::move(values)};
}

Json encode(const Task& task) {
  Json arguments = Json::array();
  for (const std::string& argument : task.arguments) arguments.push_back(trial::encode_text(argument));
  Json environment = Json::object();
  for (const auto& [name, value] : task.environment) environment[name] = trial::encode_text(value);
  Json files = Json::array();
  for (const auto& file : task.metric_files) files.push_back(trial::encode_text(file.string()));
  return {{"trial", task.id.trial},
          {"attempt", task.id.attempt},
          {"token", trial::encode_text(task.token)},
          {"parameters", encode(task.parameters)},
          {"arguments", std::move(arguments)},
          {"working_directory", trial::encode_text(task.working_directory.string())},
          {"environment", std::move(environment)},
          {"done_marker", trial::encode_text(task.done_marker.string())},
          {"metric_files", std::move(files)},
          {"time_limit", task.time_limit.count()},
          {"cpus", task.cpus}};
}

Task decode_task(const Json& json) {
  Task task;
  task.id = {trial::decode_integer<int>(json.at("trial")), trial::decode_integer<int>(json.at("attempt"))};
  task.token = trial::text_or(json, "token");
  task.parameters = decode_parameters(json.value("parameters", Json::object()));
  for (const Json& argument : json.at("arguments")) task.arguments.push_back(trial::decode_text(argument));
  task.working_directory = trial::text_or(json, "working_directory");
  const Json environment = json.value("environment", Json::object());
  for (const auto& [name, value] : environment.items()) task.environment[name] = trial::decode_text(value);
  task.done_marker = trial::text_or(json, "done_marker");
  for (const Json& file : json.value("metric_files", Json::array())) {
    task.metric_files.emplace_back(trial::decode_text(file));
  }
  task.time_limit = Seconds(trial::member_or(json, "time_limit", 0.0));
  for (const Json& cpu : json.value("cpus", Json::array())) task.cpus.push_back(trial::decode_integer<int>(cpu));
  return task;
}

}  // namespace

std::string to_text(const Task& task) { return encode(task).dump() + "\n"; }

Task parse_task(const std::string& text, const std::string& origin) {
  try {
    return decode_task(Json::parse(text));
  } catch (const std::exception& e) {
    throw StorageError("cannot read the task " + origin + ": " + e.what());
  }
}

void write_task(const AttemptFolder& folder, const Task& task) {
  create_folders(folder.path());
  if (!task.done_marker.empty()) create_folders(task.done_marker.parent_path());
  write_file(folder.task(), to_text(task));
}

Task read_task(const std::filesystem::path& file) {
  const auto text = read_file(file);
  if (!text) throw StorageError("there is no task " + file.string());
  return parse_task(*text, file.string());
}

void write_parameters(const AttemptFolder& folder, const Parameterization& parameters) {
  write_file(folder.parameters(), encode(parameters).dump(2) + "\n");
}

}  // namespace stune
