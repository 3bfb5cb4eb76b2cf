#include <algorithm>

#include "base/text.hpp"
#include "metrics/source.hpp"
#include "stune/error.hpp"
#include "stune/hdf5_metric.hpp"

namespace stune {
namespace {

[[noreturn]] void fail(const std::string& text, const std::string& why) {
  throw ConfigError("--metric " + stune::in_quotes(text) + ": " + why +
                    "; valid are NAME, and NAME = FILE:DATASET, reduce=last|min|max|mean, sem=DATASET");
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(separator, begin), text.size());
    parts.emplace_back(trimmed(text.substr(begin, end - begin)));
    begin = end + 1;
  }
  return parts;
}

/// FILE:DATASET, FILE or :DATASET (of $STUNE_METRICS). The last colon counts.
void parse_place(const std::string& text, const std::string& place, Hdf5Source& source) {
  if (place.empty()) fail(text, "nothing stands after '='");
  const std::size_t colon = place.rfind(':');
  source.file = trimmed(std::string_view(place).substr(0, colon));
  if (colon == std::string::npos) return;
  source.dataset = trimmed(std::string_view(place).substr(colon + 1));
  if (source.dataset.empty()) fail(text, "no dataset is named after ':'");
}

void parse_option(const std::string& text, const std::string& option, Hdf5Source& source) {
  const std::size_t equals = option.find('=');
  const std::string key(trimmed(std::string_view(option).substr(0, equals)));
  const std::string value(equals == std::string::npos ? std::string_view()
                                                      : trimmed(std::string_view(option).substr(equals + 1)));
  if (key != "reduce" && key != "sem") {
    fail(text, stune::in_quotes(option) + " is not understood" + did_you_mean(key, {"reduce", "sem"}));
  }
  if (value.empty()) fail(text, key + " needs a value");
  (key == "sem" ? source.sem : source.reduce) = value;
}

}  // namespace

std::pair<std::string, Hdf5Source> parse_metric(const std::string& text) {
  const std::vector<std::string> parts = split(text, ',');
  const std::size_t equals = parts.front().find('=');
  const std::string name(trimmed(std::string_view(parts.front()).substr(0, equals)));
  if (name.empty()) fail(text, "it names no metric");
  Hdf5Source source;
  if (equals != std::string::npos) {
    parse_place(text, std::string(trimmed(std::string_view(parts.front()).substr(equals + 1))), source);
  }
  for (std::size_t i = 1; i < parts.size(); ++i) parse_option(text, parts[i], source);
  if (const std::string why = metrics::fault_of(source); !why.empty()) fail(text, why);
  return {name, source};
}

}  // namespace stune
