#include <algorithm>
#include <cmath>
#include <functional>

#include "base/text.hpp"
#include "experiment/parameter_rules.hpp"
#include "experiment/search_space.hpp"
#include "stune/error.hpp"

namespace stune {
namespace {

/// parameter := name "=" kind [ "(" argument ("," argument)* ")" ]
/// argument  := value | key "=" value
/// Quotes and backslashes as in a shell: '...' is taken as it is, in "..." and outside a backslash takes the next
/// character as it is. What was quoted anywhere is text.
struct Word {
  std::string text;
  bool quoted = false;
};

struct Argument {
  std::string key;  ///< empty: positional
  Word value;
};

const std::vector<std::string> kinds = {"float", "log", "int", "choice", "ordered", "bool", "fixed"};
constexpr const char* examples =
    "float(0, 1), float(0, 1, step=0.1), log(1e-5, 1e-1), int(2, 8), int(1, 64, log), choice(a, b, c), "
    "ordered(low, mid, high), bool, fixed(3); all but fixed take default=VALUE";

/// What is read, and what to say when it cannot be.
class Reader {
 public:
  explicit Reader(const std::string& text) : text_(text) {}

  Parameter parameter();

 private:
  [[noreturn]] void fail(const std::string& why) const {
    throw ConfigError("cannot read the parameter " + in_quotes(text_) + ": " + why);
  }
  std::vector<Argument> arguments(std::string_view list) const;
  Argument argument(std::string_view list, std::size_t& at) const;
  double number(const Argument& argument, const std::string& what) const;
  Parameter interval(const std::string& kind, const std::vector<Argument>& arguments) const;
  Parameter listed(const std::string& kind, const std::vector<Argument>& arguments) const;
  bool take_option(Parameter& parameter, const Argument& argument) const;
  void check_keys(const std::vector<Argument>& arguments, const std::vector<std::string>& known) const;

  const std::string& text_;
  std::string name_;
};

/// An int, a float, true, false, or text. "007" stays text: as a number a trial would see 7.
Value typed(const Word& word) {
  if (word.quoted) return word.text;
  if (word.text == "true") return true;
  if (word.text == "false") return false;
  std::string_view number = word.text;
  if (!number.empty() && (number.front() == '-' || number.front() == '+')) number.remove_prefix(1);
  const bool padded = number.size() > 1 && number[0] == '0' && number[1] >= '0' && number[1] <= '9';
  if (padded) return word.text;
  if (number.find_first_not_of("0123456789") == std::string_view::npos) {
    if (const auto integer = parse_integer(word.text)) return *integer;
    return word.text;  // too long for a number: an identifier
  }
  const auto real = parse_number(word.text);
  return real && std::isfinite(*real) ? Value(*real) : Value(word.text);
}

Argument Reader::argument(std::string_view list, std::size_t& at) const {
  constexpr std::string_view blanks = " \t\r\n";
  Argument result;
  std::string& text = result.value.text;
  std::size_t kept = 0;  // trailing blanks count only if they were quoted
  at = std::min(list.find_first_not_of(blanks, at), list.size());
  for (; at < list.size() && list[at] != ','; ++at) {
    const char c = list[at];
    if (c == '\'' || c == '"') {
      result.value.quoted = true;
      for (++at; at < list.size() && list[at] != c; ++at) {
        if (c == '"' && list[at] == '\\' && at + 1 < list.size()) ++at;
        text += list[at];
      }
      if (at == list.size()) fail(std::string("a quote ") + c + " is not closed");
      kept = text.size();
    } else if (c == '\\') {
      if (++at == list.size()) fail("a backslash at the end has nothing to stand before");
      result.value.quoted = true;
      text += list[at];
      kept = text.size();
    } else if (c == '=' && result.key.empty() && !result.value.quoted && !trimmed(text).empty()) {
      result.key = std::string(trimmed(text));
      text.clear();
      kept = 0;
      at = std::min(list.find_first_not_of(blanks, at + 1), list.size()) - 1;
    } else {
      text += c;
      if (blanks.find(c) == std::string_view::npos) kept = text.size();
    }
  }
  text.resize(kept);
  return result;
}

std::vector<Argument> Reader::arguments(std::string_view list) const {
  std::vector<Argument> result;
  if (trimmed(list).empty()) return result;
  for (std::size_t at = 0; at <= list.size(); ++at) {
    result.push_back(argument(list, at));
    const Argument& last = result.back();
    if (last.value.text.empty() && !last.value.quoted) {
      fail(last.key.empty() ? "a value is missing beside a comma (an empty text is written '')"
                            : "nothing follows " + last.key + "=");
    }
  }
  return result;
}

double Reader::number(const Argument& argument, const std::string& what) const {
  const auto value = argument.value.quoted ? std::nullopt : parse_number(argument.value.text);
  if (!value) fail(what + " is a number, not " + in_quotes(argument.value.text));
  return *value;
}

void Reader::check_keys(const std::vector<Argument>& arguments, const std::vector<std::string>& known) const {
  for (const Argument& argument : arguments) {
    if (argument.key.empty() || std::ranges::find(known, argument.key) != known.end()) continue;
    fail("there is no " + in_quotes(argument.key) + did_you_mean(argument.key, known) + "; valid is " + join(known));
  }
}

/// True if it was log, step=, or default=.
bool Reader::take_option(Parameter& parameter, const Argument& argument) const {
  if (argument.key.empty() && argument.value.text == "log" && !argument.value.quoted) {
    parameter.log_scale = true;
  } else if (argument.key == "log") {
    const Value on = typed(argument.value);
    if (!std::holds_alternative<bool>(on)) fail("log is true or false, not " + in_quotes(argument.value.text));
    parameter.log_scale = std::get<bool>(on);
  } else if (argument.key == "step") {
    parameter.step = number(argument, "step");
    if (parameter.step <= 0.0) fail("a step is a number above 0, not " + in_quotes(argument.value.text));
  } else if (argument.key == "default") {
    parameter.default_value = typed(argument.value);
  } else {
    return false;
  }
  return true;
}

Parameter Reader::interval(const std::string& kind, const std::vector<Argument>& arguments) const {
  check_keys(arguments, {"default", "step", "log"});
  Parameter parameter = range(name_, 0.0, 0.0);
  if (kind == "int") parameter.kind = ParameterKind::integer;
  parameter.log_scale = kind == "log";
  std::vector<double> bounds;
  for (const Argument& argument : arguments) {
    if (take_option(parameter, argument)) continue;
    if (bounds.size() == 2) {
      fail("after the bounds comes log, step=NUMBER or default=VALUE, not " + in_quotes(argument.value.text) +
           did_you_mean(argument.value.text, {"log", "step", "default"}));
    }
    bounds.push_back(number(argument, bounds.empty() ? "the lower bound" : "the upper bound"));
  }
  if (bounds.size() != 2) {
    fail(kind + " takes a lower and an upper bound, as in " + (kind == "int" ? "int(2, 8)" : kind + "(0.1, 1)") +
         "; found " + std::to_string(bounds.size()));
  }
  parameter.lower = bounds[0];
  parameter.upper = bounds[1];
  return parameter;
}

Parameter Reader::listed(const std::string& kind, const std::vector<Argument>& arguments) const {
  Parameter parameter = kind == "fixed"     ? fixed(name_, Value())
                        : kind == "ordered" ? ordered(name_, {})
                        : kind == "bool"    ? boolean(name_)
                                            : choice(name_, {});
  parameter.values.clear();
  for (const Argument& argument : arguments) {
    if (argument.key == "default") {
      parameter.default_value = typed(argument.value);
    } else if (argument.key.empty()) {
      parameter.values.push_back(typed(argument.value));
    } else if (kind == "bool" || !did_you_mean(argument.key, {"default"}).empty()) {
      check_keys({argument}, {"default"});
    } else {
      parameter.values.emplace_back(argument.key + '=' + argument.value.text);  // a value such as --mode=fast
    }
  }
  if (kind == "bool" && !parameter.values.empty()) fail("bool takes no values but default=true or default=false");
  return parameter;
}

Parameter Reader::parameter() {
  const std::string_view text = trimmed(text_);
  const std::size_t equals = text.find('=');
  const std::size_t open = text.find('(');
  if (equals == std::string_view::npos || equals > open) {
    fail("it is written NAME = KIND(...), as in \"lr = log(1e-5, 1e-1)\"; kinds: " + std::string(examples));
  }
  name_ = trimmed(text.substr(0, equals));
  const std::string_view value = trimmed(text.substr(equals + 1));
  const std::size_t paren = std::min(value.find('('), value.size());
  const std::string kind(trimmed(value.substr(0, paren)));
  if (std::ranges::find(kinds, kind) == kinds.end()) {
    fail((kind.empty() ? "its kind is missing" : "there is no kind " + in_quotes(kind) + did_you_mean(kind, kinds)) +
         "; valid is " + examples);
  }
  std::string_view list;
  if (paren < value.size()) {
    if (value.back() != ')')
      fail("it ends with a closing parenthesis, not with " + in_quotes(value.substr(value.size() - 1)));
    list = value.substr(paren + 1, value.size() - paren - 2);
  }
  std::vector<Argument> found = arguments(list);
  const bool is_interval = kind == "float" || kind == "log" || kind == "int";
  return checked(is_interval ? interval(kind, found) : listed(kind, found));
}

/// The value as parse_parameter reads it back with the same type.
std::string written(const Value& value) {
  const std::string text = to_string(value);
  if (std::holds_alternative<double>(value)) {
    return text.find_first_not_of("-0123456789") == std::string::npos ? text + ".0" : text;
  }
  if (!std::holds_alternative<std::string>(value)) return text;
  const bool plain = !text.empty() && text.find_first_of(",'\"\\()= \t\r\n") == std::string::npos;
  if (plain && std::holds_alternative<std::string>(typed({text, false}))) return text;
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    result += c;
  }
  return result + '"';
}

}  // namespace

std::string describe(const Parameter& parameter) {
  const bool interval = parameter.kind == ParameterKind::real || parameter.kind == ParameterKind::integer;
  const bool is_log_float = parameter.kind == ParameterKind::real && parameter.log_scale;
  std::vector<std::string> parts;
  if (interval) {
    parts = {format_number(parameter.lower), format_number(parameter.upper)};
    if (parameter.log_scale && !is_log_float) parts.emplace_back("log");
    if (parameter.step > 0.0) parts.push_back("step=" + format_number(parameter.step));
  }
  for (const Value& value : parameter.values) parts.push_back(written(value));
  if (parameter.default_value) {
    parts.push_back("default=" + (interval ? to_string(*parameter.default_value) : written(*parameter.default_value)));
  }
  switch (parameter.kind) {
    case ParameterKind::real:
      return (is_log_float ? "log(" : "float(") + join(parts) + ")";
    case ParameterKind::integer:
      return "int(" + join(parts) + ")";
    case ParameterKind::categorical:
      return "choice(" + join(parts) + ")";
    case ParameterKind::ordinal:
      return "ordered(" + join(parts) + ")";
    case ParameterKind::boolean:
      return parts.empty() ? "bool" : "bool(" + join(parts) + ")";
    case ParameterKind::fixed:
      return "fixed(" + join(parts) + ")";
  }
  return {};
}

Parameter parse_parameter(const std::string& text) { return Reader(text).parameter(); }

}  // namespace stune
