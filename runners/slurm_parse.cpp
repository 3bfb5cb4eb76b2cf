#include "runners/slurm_parse.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <iterator>

#include "base/clock.hpp"

namespace stune::slurm {
namespace {

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return lines;
}

/// At most `count` fields; the last one keeps its separators.
std::vector<std::string_view> fields_of(std::string_view line, std::size_t count) {
  std::vector<std::string_view> fields;
  while (fields.size() + 1 < count) {
    const std::size_t bar = line.find('|');
    if (bar == std::string_view::npos) break;
    fields.push_back(line.substr(0, bar));
    line.remove_prefix(bar + 1);
  }
  fields.push_back(line);
  return fields;
}

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

bool is_number(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// The digits that `text` begins with, as a number; `otherwise` where there are none.
template <typename Number>
Number leading_number(std::string_view text, Number otherwise) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() ? number : otherwise;
}

bool mentions(std::string_view text, std::string_view phrase) { return text.find(phrase) != std::string_view::npos; }

template <std::size_t N>
bool mentions_any(std::string_view text, const std::array<std::string_view, N>& phrases) {
  return std::any_of(phrases.begin(), phrases.end(), [&](std::string_view phrase) { return mentions(text, phrase); });
}

/// The request may have arrived.
constexpr std::array<std::string_view, 6> doubtful_phrases{"Socket timed out",
                                                           "send failure",
                                                           "receive failure",
                                                           "Zero Bytes were transmitted or received",
                                                           "Unexpected message received",
                                                           "Transport endpoint is not connected"};

/// The request surely did not arrive, or was turned away for a reason that passes.
constexpr std::array<std::string_view, 15> transient_phrases{"connect failure",
                                                             "Connection refused",
                                                             "Resource temporarily unavailable",
                                                             "Slurm temporarily unable",
                                                             "Unable to create job record, try again",
                                                             "job queue full",
                                                             "standby mode",
                                                             "submissions disabled",
                                                             "Requested operation is presently disabled",
                                                             "Required partition not available",
                                                             "Rate limit exceeded",
                                                             "Protocol authentication error",
                                                             "munge",
                                                             "Unable to resolve",
                                                             "Could not establish a configuration source"};

constexpr std::array<std::string_view, 4> own_limit_phrases{"MaxSubmitJobPerUser", "MaxSubmitJobsPerUser",
                                                            "MaxSubmitJobLimit", "MaxSubmitJobsLimit"};

/// Jobs of others count as well, or jobs that have left the queue long ago.
constexpr std::array<std::string_view, 4> shared_limit_phrases{"MaxSubmitJobPerAccount", "MaxSubmitJobsPerAccount",
                                                               "GrpSubmitJob", "jobs per hour limit"};

/// A limit of jobs, where Slurm or the site's wrapper does not say which: limits of other things have their names.
bool is_unnamed_limit(std::string_view text) {
  return mentions(text, "job submit limit") && !mentions(text, "Limit") && !mentions(text, "Invalid");
}

/// What sbatch says after its retries; earlier lines may speak of troubles that it overcame.
std::string_view last_words(std::string_view error) {
  const std::size_t place = error.rfind("Batch job submission failed:");
  return place == std::string_view::npos ? error : error.substr(place);
}

/// What keeps this machine from starting a process now, and not tomorrow.
bool passes(int error) {
  constexpr std::array passing{EAGAIN, ENOMEM, EMFILE, ENFILE, ETXTBSY, EIO, ESTALE};
  return std::find(passing.begin(), passing.end(), error) != passing.end();
}

SbatchAnswer classify_failure(const CommandResult& result) {
  const std::string text{trimmed(result.error.empty() ? result.output : result.error)};
  const std::string_view words = last_words(text);
  if (result.could_not_start != 0) {
    return Refusal{passes(result.could_not_start) ? Refusal::Kind::transient : Refusal::Kind::permanent, text};
  }
  if (result.exit_code == 127 && mentions(text, "not found")) return Refusal{Refusal::Kind::permanent, text};
  if (mentions_any(words, transient_phrases)) return Refusal{Refusal::Kind::transient, text};
  if (mentions_any(words, doubtful_phrases)) return Ambiguous{text};
  if (mentions_any(text, shared_limit_phrases)) return Refusal{Refusal::Kind::capacity, text};
  if (mentions_any(text, own_limit_phrases) || is_unnamed_limit(text)) {
    return Refusal{Refusal::Kind::capacity, text, true};
  }
  if (mentions(words, "Unable to contact slurm controller")) return Ambiguous{text};
  const bool answered = mentions(text, "Batch job submission failed") || mentions(text, "sbatch: error:") ||
                        mentions(text, "sbatch: fatal:") || mentions(text, "Invalid") ||
                        mentions(text, "unrecognized option");
  if (answered) return Refusal{Refusal::Kind::permanent, text};
  return Ambiguous{"sbatch ended with exit code " + std::to_string(result.exit_code) +
                   (text.empty() ? " and said nothing" : ": " + text)};
}

std::optional<Submitted> parse_job_line(std::string_view line) {
  constexpr std::string_view sentence = "Submitted batch job ";
  const std::size_t semicolon = line.find(';');
  if (is_number(line.substr(0, semicolon))) return Submitted{std::string(line.substr(0, semicolon))};
  const std::size_t place = line.find(sentence);
  if (place == std::string_view::npos) return {};
  const std::string_view rest = line.substr(place + sentence.size());
  const std::string_view number = rest.substr(0, rest.find_first_not_of("0123456789"));
  if (!is_number(number)) return {};
  return Submitted{std::string(number)};
}

std::string key_of(std::string_view job, std::string_view array_job, std::string_view array_task) {
  if (is_number(array_task)) return std::string(array_job) + "_" + std::string(array_task);
  return std::string(job);
}

/// Of "4700_[0,2,4-7%2]", whose tasks have not started: their numbers, no more than a submission of ours can hold.
std::vector<int> tasks_of(std::string_view job) {
  constexpr int most = 1000;
  std::vector<int> tasks;
  const std::size_t open = job.find("_[");
  if (open == std::string_view::npos) return tasks;
  std::string_view rest = job.substr(open + 2);
  rest = rest.substr(0, rest.find_first_not_of("0123456789,-"));
  while (!rest.empty()) {
    const std::string_view part = rest.substr(0, rest.find(','));
    rest.remove_prefix(std::min(rest.size(), part.size() + 1));
    const std::size_t dash = part.find('-');
    const int first = leading_number(part, -1);
    const int last = dash == std::string_view::npos ? first : leading_number(part.substr(dash + 1), -1);
    for (int task = std::max(first, 0); first >= 0 && task <= std::min(last, most - 1); ++task) tasks.push_back(task);
    if (tasks.size() >= most) break;
  }
  return tasks;
}

}  // namespace

SbatchAnswer parse_sbatch(const CommandResult& result) {
  if (result.timed_out) return Ambiguous{"sbatch did not answer within " + to_words(result.elapsed)};
  if (result.signal != 0) return Ambiguous{"sbatch was killed by signal " + std::to_string(result.signal)};
  std::optional<Submitted> submitted;
  for (const std::string_view line : lines_of(result.output)) {
    if (auto job = parse_job_line(trimmed(line))) submitted = std::move(job);
  }
  if (result.exit_code != 0) {
    if (submitted) return Ambiguous{"sbatch named job " + submitted->job + " and failed: " + result.error};
    return classify_failure(result);
  }
  if (submitted) return *submitted;
  return Ambiguous{"sbatch succeeded without a job id"};
}

std::string reason_in(std::string_view words) {
  constexpr std::string_view mark = ": error: ";
  std::string_view line = trimmed(words.substr(0, words.find('\n')));
  const std::size_t place = line.find(mark);
  if (place < line.find(' ')) line.remove_prefix(place + mark.size());
  return std::string(line);
}

QueueAnswer parse_squeue(std::string_view text) {
  QueueAnswer answer;
  answer.whole = text.empty() || text.back() == '\n';
  for (const std::string_view line : lines_of(text)) {
    const auto fields = fields_of(line, 7);
    if (!is_number(fields[0])) continue;  // what a site's wrapper says
    if (fields.size() < 7 || !is_number(fields[1])) {
      answer.whole = false;
      continue;
    }
    // A task expression instead of a number: an array that -r did not expand. Then absence of a task proves nothing.
    if (!is_number(fields[2]) && fields[2] != "N/A") answer.whole = false;
    answer.rows.push_back({key_of(fields[0], fields[1], fields[2]), parse_state(fields[3]), std::string(fields[4]),
                           std::string(fields[5]), std::string(fields[6])});
  }
  return answer;
}

PlacesAnswer parse_places(std::string_view text) {
  PlacesAnswer answer;
  answer.whole = text.empty() || text.back() == '\n';
  for (const std::string_view line : lines_of(text)) {
    const auto fields = fields_of(line, 2);
    if (!is_number(fields[0])) continue;  // what a site's wrapper says
    if (fields.size() < 2 || !mentions(fields[1], "|")) {
      answer.whole = false;
      continue;
    }
    answer.jobs.push_back({std::string(fields[0]), std::string(fields[1])});
  }
  return answer;
}

std::vector<AccountingRow> parse_sacct(std::string_view text) {
  std::vector<AccountingRow> rows;
  std::vector<AccountingRow> expanded;
  for (const std::string_view line : lines_of(text)) {
    const auto fields = fields_of(line, 6);
    if (fields.size() < 6 || !is_number(fields[0])) continue;
    AccountingRow row;
    const bool is_task = mentions(fields[1], "_") && !mentions(fields[1], "[");
    row.job = std::string(is_task ? fields[1] : fields[0]);
    const auto tasks = tasks_of(fields[1]);
    row.state = parse_state(fields[2]);
    constexpr std::string_view by = " by ";
    if (const std::size_t place = fields[2].find(by); place != std::string_view::npos) {
      const int user = leading_number(fields[2].substr(place + by.size()), -1);
      if (user >= 0) row.cancelled_by = user;
    }
    row.exit_code = leading_number(fields[3], 0);
    if (const std::size_t colon = fields[3].find(':'); colon != std::string_view::npos) {
      row.signal = leading_number(fields[3].substr(colon + 1), 0);
    }
    row.nodes = std::string(fields[4]);
    row.name = std::string(fields[5]);
    for (const int task : tasks) {
      expanded.push_back(row);
      expanded.back().job = std::string(fields[1].substr(0, fields[1].find('_') + 1)).append(std::to_string(task));
    }
    if (tasks.empty()) rows.push_back(std::move(row));
  }
  rows.insert(rows.end(), std::make_move_iterator(expanded.begin()), std::make_move_iterator(expanded.end()));
  return rows;
}

bool is_accounting_disabled(const CommandResult& result) {
  return result.exit_code != 0 && mentions(result.error, "accounting storage is disabled");
}

Config parse_config(std::string_view text) {
  Config config;
  for (const std::string_view line : lines_of(text)) {
    const std::size_t sign = line.find('=');
    if (sign == std::string_view::npos) continue;
    const std::string_view key = trimmed(line.substr(0, sign));
    const std::string_view value = trimmed(line.substr(sign + 1));
    if (key == "ClusterName") config.cluster = std::string(value);
    if (key == "SLURM_VERSION") config.version = std::string(value);
    if (key == "MinJobAge") config.min_job_age = leading_number(value, config.min_job_age);
    if (key == "MaxArraySize") config.max_array_size = leading_number(value, config.max_array_size);
    if (key == "MessageTimeout") config.message_timeout = leading_number(value, config.message_timeout);
    if (key == "AccountingStorageType") config.accounting = !mentions(value, "none");
  }
  return config;
}

std::vector<JobLimit> parse_limits(std::string_view text, const std::string& kind,
                                   const std::vector<std::string>& names) {
  std::vector<JobLimit> limits;
  for (const std::string_view line : lines_of(text)) {
    const auto fields = fields_of(line, names.size() + 1);
    for (std::size_t i = 1; i < fields.size(); ++i) {
      if (is_number(fields[i])) {
        limits.push_back({kind + " " + std::string(fields[0]), names[i - 1], leading_number(fields[i], 0)});
      }
    }
  }
  return limits;
}

}  // namespace stune::slurm
