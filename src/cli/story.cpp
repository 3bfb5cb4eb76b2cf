#include "cli/story.hpp"

#include <algorithm>
#include <csignal>
#include <cstring>

#include "base/clock.hpp"
#include "base/file.hpp"
#include "base/text.hpp"
#include "cli/describe.hpp"
#include "cli/quantities.hpp"
#include "cli/table.hpp"
#include "runners/slurm_advice.hpp"
#include "runners/slurm_script.hpp"
#include "runners/slurm_watch.hpp"
#include "scheduler/retention.hpp"
#include "storage/journal.hpp"
#include "trial/claim.hpp"
#include "trial/exit_record.hpp"

namespace stune::cli {

namespace {

constexpr int lines_of_output = 10;

std::string plain(const char* word) {
  std::string text = word;
  std::ranges::replace(text, '_', ' ');
  return text;
}

std::string signal_name(int signal) {
  const char* name = sigabbrev_np(signal);
  return name ? std::string("SIG") + name : "signal " + std::to_string(signal);
}

std::string results_text(const std::vector<Observation>& observations) {
  std::string text;
  for (const Observation& one : observations) {
    text += (text.empty() ? "" : ", ") + one.metric;
    if (one.step != final_step) text += " at step " + std::to_string(one.step);
    text += " = " + with_error(one.mean, one.sem);
  }
  return text;
}

/// `detail` without what `head` says already.
std::string rest_of(std::string detail, const std::string& head) {
  while (detail.ends_with('\n')) detail.pop_back();
  const std::string first = detail.substr(0, detail.find('\n'));
  if (first != head) return detail;
  return first.size() == detail.size() ? std::string() : detail.substr(first.size() + 1);
}

std::string ending_text(const Ending& ending) {
  const std::string code = "exit code " + std::to_string(ending.exit_code);
  const std::string killed = "killed by " + signal_name(ending.signal);
  std::string text = ending.cause == Cause::exit_code                      ? code
                     : ending.cause == Cause::signal && ending.signal != 0 ? killed
                                                                           : plain(to_string(ending.cause));
  const std::string head = text;
  if (head != code && (ending.exit_code != 0 || ending.cause == Cause::completed)) text += ", " + code;
  if (head != killed && ending.signal != 0) text += ", " + killed;
  if (!ending.host.empty()) text += ", on " + ending.host;
  if (ending.started && ending.ended) text += ", after " + to_words(Seconds(*ending.ended - *ending.started));
  if (ending.cpu_seconds > 0) text += ", " + number(ending.cpu_seconds, 3) + " s of CPU";
  if (ending.peak_memory > 0) text += ", " + number(static_cast<double>(ending.peak_memory) / 1e6, 3) + " MB at most";
  const std::string detail = rest_of(ending.detail, head);
  return detail.empty() ? text : text + "\n" + detail;
}

/// What one event says of the trial; empty: nothing.
class Reader {
 public:
  explicit Reader(int trial) : trial_(trial) {}

  std::string operator()(const TrialCreated& e) const {
    if (e.trial != trial_) return {};
    std::string text = std::string("made by ") + e.generator;
    if (e.manual) return text + ", for somebody who runs it by hand";
    return text + ", which knew the journal up to event " + std::to_string(e.made_from);
  }
  std::string operator()(const SubmissionIntended& e) const {
    const auto mine = std::ranges::find(e.attempts, trial_, &AttemptId::trial);
    if (mine == e.attempts.end()) return {};
    const std::size_t others = e.attempts.size() - 1;
    return "attempt " + std::to_string(mine->attempt) + " is about to be submitted as " + e.token +
           (others > 0 ? ", together with " + counted(static_cast<std::int64_t>(others), "other trial") : "");
  }
  std::string operator()(const JobReported& e) const {
    if (e.id.trial != trial_) return {};
    std::string text = "attempt " + std::to_string(e.id.attempt) + " is " + to_string(e.state);
    if (e.metadata && e.metadata->contains(slurm::job_key)) text += ", job " + e.metadata->at(slurm::job_key);
    if (e.metadata && e.metadata->contains(slurm::reason_key)) {
      const std::string reason = e.metadata->at(slurm::reason_key);
      const std::string what = slurm::advice(reason);
      text += ", because of " + reason + (what.empty() ? "" : ": " + what);
    }
    return e.ending ? text + ": " + ending_text(*e.ending) : text;
  }
  std::string operator()(const Observed& e) const {
    return e.trial == trial_ ? "partial results: " + results_text(e.observations) : "";
  }
  std::string operator()(const TrialEnded& e) const {
    if (e.trial != trial_) return {};
    std::string text = std::string("the trial is ") + plain(to_string(e.status));
    if (!e.reason.empty()) text += ": " + rest_of(e.reason, {});
    if (e.ending) text += "\nits last attempt: " + ending_text(*e.ending);
    const std::string results = results_text(e.observations);
    return results.empty() ? text : text + "\nresults: " + results;
  }
  std::string operator()(const StopAsked& e) const {
    if (e.trial != trial_ && e.trial != -1) return {};
    return "a stop of " + std::string(e.trial < 0 ? "everything" : "it") + " was asked for: " + e.why;
  }
  std::string operator()(const auto&) const { return {}; }

 private:
  int trial_;
};

void read_files(const std::filesystem::path& folder, AttemptId id, std::vector<Fact>& facts, TimePoint about) {
  const AttemptFolder attempt = ExperimentFolder(folder).attempt(id);
  const std::string name = "attempt " + std::to_string(id.attempt);
  const auto last = last_start(attempt);
  const int next = last ? last->start + 1 : 0;
  for (int start = 0; start < next; ++start) {
    const auto record = read_exit_record(attempt.exit_record(start));
    if (!record) {
      facts.push_back({about, "claim",
                       name + ", start " + std::to_string(start) + " was claimed" +
                           (start + 1 == next ? " by " + last->by.job + " on " + last->by.host : "") +
                           " and has left no exit record"});
      continue;
    }
    facts.push_back({record->started, "exit record",
                     name + ", start " + std::to_string(start) + " began as " + record->job + " on " + record->host +
                         (record->restart > 0 ? ", restart " + std::to_string(record->restart) : "")});
    for (const ReceivedSignal& got : record->signals) {
      facts.push_back({got.at, "exit record", name + " received " + signal_name(got.signal)});
    }
    std::string text = name + ", start " + std::to_string(start) + " ended: " + ending_text(ending_of(*record));
    if (record->oom_kills > 0)
      text += "; the kernel killed " + counted(record->oom_kills, "process", "processes") + " of it for memory";
    for (const FileSeal& seal : record->seals) {
      text += "\n" + seal.file.string() + " had " + std::to_string(seal.size) + " bytes then";
    }
    facts.push_back({record->ended, "exit record", text});
  }
  std::error_code ignored;
  if (std::filesystem::exists(attempt.claim(next), ignored)) {
    facts.push_back({TimePoint::max(), "claim", name + " is fenced: no job can start it any more"});
  }
}

/// All lines but the first moved to the right, each ended.
std::string indented(std::string text, std::size_t width) {
  std::string result;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    result.append(result.empty() ? 0 : width, ' ').append(printable(text.substr(0, end))).append("\n");
    text.erase(0, end + 1);
  }
  return result.empty() ? "\n" : result;
}

std::string files_text(const std::filesystem::path& folder, const Experiment& experiment, const Trial& trial) {
  const ExperimentFolder files(folder);
  std::error_code ignored;
  const bool is_there = std::filesystem::exists(files.trial(trial.index), ignored);
  const std::string gone =
      is_folder_due(experiment, trial) ? "output removed (--keep " + experiment.options().keep + ")" : "no folder";
  std::string text;
  for (std::size_t i = 0; i < trial.attempts.size(); ++i) {
    const AttemptFolder attempt = files.attempt({trial.index, static_cast<int>(i)});
    text += "\nattempt " + std::to_string(i) + ": " + (is_there ? attempt.path().string() : gone) + "\n";
    const auto& metadata = trial.attempts[i].metadata;
    if (metadata.contains(submission_key)) {
      const auto log =
          slurm::job_log(files.submission(std::atoi(metadata.at(submission_key).c_str())), metadata.at(slurm::job_key));
      const std::string words = last_lines(log, lines_of_output);
      if (!words.empty()) text += "  Slurm's own log, " + log.string() + ":\n    " + indented(words, 4);
    }
    if (!is_there) continue;
    const std::string output = last_lines(attempt.output(), lines_of_output);
    text += output.empty() ? "  no output\n" : "  the end of its output:\n    " + indented(output, 4);
  }
  return text;
}

}  // namespace

std::vector<Fact> story_of(const std::filesystem::path& folder, const Experiment& experiment, int trial) {
  std::vector<Fact> facts;
  replay(folder / "journal.jsonl", [&](const Event& event) {
    std::string text = std::visit(Reader(trial), event.what);
    const bool over_before = std::holds_alternative<StopAsked>(event.what) && facts.empty();
    if (!text.empty() && !over_before) facts.push_back({event.at, "journal", std::move(text)});
  });
  const Trial& known = experiment.trial(trial);
  for (std::size_t i = 0; i < known.attempts.size(); ++i) {
    const Attempt& attempt = known.attempts[i];
    read_files(folder, {trial, static_cast<int>(i)}, facts, attempt.started.value_or(attempt.submitted));
  }
  std::ranges::stable_sort(facts, {}, &Fact::at);
  return facts;
}

std::string tell(const std::filesystem::path& folder, const Experiment& experiment, int trial) {
  const Trial& known = experiment.trial(trial);
  std::string text = "Trial " + std::to_string(trial) + " of " + experiment.definition().name + " is " +
                     plain(to_string(known.status)) + (known.reason.empty() ? "" : ": " + known.reason) + "\n";
  for (std::size_t i = 0; i < known.parameters.size(); ++i) {
    text += "  " + known.parameters.name(i) + " = " + printable(to_string(known.parameters.value(i))) + "\n";
  }
  text += "To run it once more by hand:\n  " +
          trial_command_line(std::filesystem::absolute(folder).lexically_normal(), experiment, known) + "\n\n";
  constexpr std::size_t width = 35;
  for (const Fact& fact : story_of(folder, experiment, trial)) {
    std::string head = fact.at == TimePoint::max() ? "" : to_iso(std::chrono::floor<std::chrono::seconds>(fact.at));
    head.resize(22, ' ');
    head += fact.source;
    head.resize(width, ' ');
    text += head + indented(fact.text, width);
  }
  return text + files_text(folder, experiment, known) +
         "\nTimes of claims and exit records are those of the trial's own machine.\n";
}

}  // namespace stune::cli
