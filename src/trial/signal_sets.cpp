#include "trial/signal_sets.hpp"

#include <charconv>
#include <string>

#include "base/file.hpp"
#include "stune/error.hpp"

namespace stune::trial {
namespace {

/// The hexadecimal number in the line that starts with `key`, or 0.
std::uint64_t set_at(std::string_view status, std::string_view key) {
  const std::size_t at = status.find(key);
  if (at == std::string_view::npos) return 0;
  status.remove_prefix(at + key.size());
  std::uint64_t set = 0;
  std::from_chars(status.data(), status.data() + status.size(), set, 16);
  return set;
}

}  // namespace

SignalSets parse_signal_sets(std::string_view status) {
  SignalSets sets;
  sets.pending = set_at(status, "\nSigPnd:\t") | set_at(status, "\nShdPnd:\t");
  sets.blocked = set_at(status, "\nSigBlk:\t");
  sets.ignored = set_at(status, "\nSigIgn:\t");
  sets.caught = set_at(status, "\nSigCgt:\t");
  return sets;
}

SignalSets signal_sets_of(pid_t pid) {
  try {
    return parse_signal_sets(read_file("/proc/" + std::to_string(pid) + "/status").value_or(""));
  } catch (const StorageError&) {
    return {};  // it ended while we read
  }
}

}  // namespace stune::trial
