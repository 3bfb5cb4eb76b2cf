#include "storage/fields.hpp"

namespace stune::storage {

using Metric = std::pair<std::string, Hdf5Source>;

void fields(auto& field, Like<Parameter> auto& parameter) {
  field("name", parameter.name);
  field("kind", parameter.kind);
  field("lower", parameter.lower);
  field("upper", parameter.upper);
  field("log_scale", parameter.log_scale);
  field("step", parameter.step);
  field("values", parameter.values);
  field.rare("default", parameter.default_value);
}

void fields(auto& field, Like<Objective> auto& objective) {
  field("metric", objective.metric);
  field("minimize", objective.minimize);
}

void fields(auto& field, Like<OutcomeConstraint> auto& constraint) {
  field("metric", constraint.metric);
  field("at_least", constraint.at_least);
  field("bound", constraint.bound);
  field("relative", constraint.relative);
}

void fields(auto& field, Like<Metric> auto& metric) {
  field("name", metric.first);
  field("file", metric.second.file);
  field("dataset", metric.second.dataset);
  field("reduce", metric.second.reduce);
  field("sem", metric.second.sem);
}

void fields(auto& field, Like<Command> auto& command) {
  field("script", command.script);
  field("arguments", command.arguments);
}

void fields(auto& field, Like<Definition> auto& definition) {
  field("id", definition.id);
  field("name", definition.name);
  field("description", definition.description);
  field("parameters", definition.space);
  field("objectives", definition.optimization.objectives);
  field("constraints", definition.optimization.constraints);
  field("metrics", definition.metrics);
  field("command", definition.command);
  field("working_directory", definition.working_directory);
  field("seed", definition.seed);
  field("method", definition.method);
  field("initial", definition.initial);
}

void write(json::Writer& out, const SearchSpace& space) { write(out, space.parameters()); }

void read(json::Cursor& in, SearchSpace& space) {
  std::vector<Parameter> parameters;
  read(in, parameters);
  try {
    space = SearchSpace(std::move(parameters));
  } catch (const ConfigError& error) {
    throw StorageError(std::string("search space: ") + error.what());
  }
}

void write(json::Writer& out, const Parameter& parameter) { write_record(out, parameter); }
void read(json::Cursor& in, Parameter& parameter) { read_record(in, parameter); }
void write(json::Writer& out, const Objective& objective) { write_record(out, objective); }
void read(json::Cursor& in, Objective& objective) { read_record(in, objective); }
void write(json::Writer& out, const OutcomeConstraint& constraint) { write_record(out, constraint); }
void read(json::Cursor& in, OutcomeConstraint& constraint) { read_record(in, constraint); }
void write(json::Writer& out, const Metric& metric) { write_record(out, metric); }
void read(json::Cursor& in, Metric& metric) { read_record(in, metric); }
void write(json::Writer& out, const Command& command) { write_record(out, command); }
void read(json::Cursor& in, Command& command) { read_record(in, command); }
void write(json::Writer& out, const Definition& definition) { write_record(out, definition); }
void read(json::Cursor& in, Definition& definition) { read_record(in, definition); }

}  // namespace stune::storage
