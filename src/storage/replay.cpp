#include <stdexcept>

#include "storage/codec.hpp"
#include "storage/journal.hpp"
#include "storage/journal_lines.hpp"
#include "stune/error.hpp"

namespace stune {

namespace {

[[noreturn]] void damaged(const std::filesystem::path& path, std::uint64_t line, const std::string& what) {
  throw StorageError(path.string() + ":" + std::to_string(line) + ": " + what +
                     ". Nothing was changed; the lines before it are good");
}

}  // namespace

Replayed replay(const std::filesystem::path& path, const EventHandler& handle) {
  storage::Lines lines(path);
  Decoder decoder;
  Replayed replayed;
  while (const auto line = lines.next()) {
    try {
      if (lines.number() == 1) {
        decoder.header(*line);
      } else {
        handle(decoder.event(*line));
        ++replayed.events;
      }
    } catch (const StorageError& error) {
      damaged(path, lines.number(), error.what());
    } catch (const std::logic_error& error) {
      damaged(path, lines.number(), error.what());
    }
  }
  replayed.good_bytes = lines.good_bytes();
  replayed.torn_bytes = lines.torn_bytes();
  return replayed;
}

}  // namespace stune
