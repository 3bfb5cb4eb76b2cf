#include "stune/parameter.hpp"

namespace stune {
namespace {

Parameter of_kind(std::string name, ParameterKind kind) {
  Parameter parameter;
  parameter.name = std::move(name);
  parameter.kind = kind;
  return parameter;
}

Parameter interval(Parameter parameter, double lower, double upper, Scale scale) {
  parameter.lower = lower;
  parameter.upper = upper;
  parameter.log_scale = scale.log_scale;
  parameter.step = scale.step;
  parameter.default_value = std::move(scale.default_value);
  return parameter;
}

Parameter with_values(Parameter parameter, std::vector<Value> values) {
  parameter.values = std::move(values);
  return parameter;
}

}  // namespace

Parameter range(std::string name, double lower, double upper, Scale scale) {
  return interval(of_kind(std::move(name), ParameterKind::real), lower, upper, std::move(scale));
}

Parameter integer(std::string name, std::int64_t lower, std::int64_t upper, Scale scale) {
  return interval(of_kind(std::move(name), ParameterKind::integer), static_cast<double>(lower),
                  static_cast<double>(upper), std::move(scale));
}

Parameter choice(std::string name, std::vector<Value> values) {
  return with_values(of_kind(std::move(name), ParameterKind::categorical), std::move(values));
}

Parameter ordered(std::string name, std::vector<Value> values) {
  return with_values(of_kind(std::move(name), ParameterKind::ordinal), std::move(values));
}

Parameter boolean(std::string name) { return of_kind(std::move(name), ParameterKind::boolean); }

Parameter fixed(std::string name, Value value) {
  return with_values(of_kind(std::move(name), ParameterKind::fixed), {std::move(value)});
}

}  // namespace stune
