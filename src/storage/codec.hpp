/// \file Events as JSON lines and back: the only place that knows the members of the journal's lines.
///
///     created    definition, options               intended  token, attempts: [[trial, attempt], ...]
///     options    options                           job       trial, attempt, state, ending?, metadata?
///     trial      trial, parameters: [values], generator, made_from, manual?
///     observed   trial, observations               ended     trial, status, reason?, ending?, observations?
///     fitted     made_from, hyperparameters        stop      trial?, why?
///
/// A member that has its default value may be missing. Numbers read back exactly: a float always has a '.' or an
/// exponent and is the shortest that does; nan, inf and -inf are the strings "nan", "inf", "-inf" (text that reads so
/// is {"text": "nan"}). Bytes of a text that are not UTF-8 become U+EF80 ... U+EFFF (and characters of that range are
/// taken byte by byte), so every text reads back exactly.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "experiment/event.hpp"

namespace stune {

/// Appends the event's line with crc and LF.
void encode(const Event& event, std::string& out);
/// The first line of a journal of our version.
std::string journal_header();

/// Reads lines in the order of the journal: trials take their parameters' names from the line that created the
/// experiment. Reuses its memory from line to line.
class Decoder {
 public:
  Decoder();
  ~Decoder();
  /// The first line, without LF. Throws StorageError (without file and line: the caller knows them).
  void header(std::string_view line);
  /// An event's line, without LF; valid until the next call. Throws StorageError saying what is wrong: crc, JSON,
  /// sequence number, unknown type or member, value of a wrong type.
  const Event& event(std::string_view line);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// `options` with fields changed from text, by their names in the journal. Throws ConfigError naming the field, what
/// was found and what is valid.
RunOptions changed(RunOptions options, const std::map<std::string, std::string>& changes);

}  // namespace stune
