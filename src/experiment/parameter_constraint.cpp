#include <algorithm>
#include <cctype>
#include <cmath>

#include "base/text.hpp"
#include "stune/error.hpp"
#include "stune/parameter.hpp"

namespace stune {
namespace {

/// Reads "2 * x + y - 0.5": terms onto `constraint`, numbers off its bound; both with `sign`.
class Side {
 public:
  Side(std::string_view text, const std::vector<std::string>& names, double sign, ParameterConstraint& constraint)
      : rest_(trimmed(text)), names_(names), sign_(sign), constraint_(constraint) {}

  /// False: this is no sum.
  bool read() {
    double sign = take('-') ? -sign_ : sign_;
    while (term(sign)) {
      if (rest_.empty()) return true;
      if (rest_.front() != '+' && rest_.front() != '-') return false;
      sign = rest_.front() == '-' ? -sign_ : sign_;
      take(rest_.front());
    }
    return false;
  }

 private:
  bool take(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_ = trimmed(rest_.substr(1));
    return true;
  }

  bool term(double sign) {
    double factor = 1.0;
    std::string name;
    do {
      const std::string_view word = rest_.substr(0, rest_.find_first_of(" \t*+<>="));
      if (word.empty()) return false;
      rest_ = trimmed(rest_.substr(word.size()));
      if (const auto number = parse_number(word); number && std::isfinite(*number)) {
        factor *= *number;
      } else if (name.empty() && std::ranges::find(names_, word) != names_.end()) {
        name = word;
      } else {
        return false;
      }
    } while (take('*'));
    if (name.empty()) {
      constraint_.bound -= sign * factor;
    } else {
      constraint_.terms.emplace_back(name, sign * factor);
    }
    return true;
  }

  std::string_view rest_;
  const std::vector<std::string>& names_;
  double sign_;
  ParameterConstraint& constraint_;
};

}  // namespace

ParameterConstraint parse_parameter_constraint(const std::string& text, const std::vector<std::string>& names) {
  ParameterConstraint constraint;
  const std::size_t at = text.find_first_of("<>");
  if (at != std::string::npos && at + 1 < text.size() && text[at + 1] == '=') {
    const double sign = text[at] == '<' ? 1.0 : -1.0;
    const std::string_view whole = text;
    if (Side(whole.substr(0, at), names, sign, constraint).read() &&
        Side(whole.substr(at + 2), names, -sign, constraint).read() && !constraint.terms.empty()) {
      return constraint;
    }
  }
  throw ConfigError("cannot read the parameter constraint " + in_quotes(text) +
                    R"(; it is written "x1 + 2 * x2 <= 1.5" or "x1 >= x2", of the parameters )" + join(names));
}

}  // namespace stune
