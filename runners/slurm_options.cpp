#include "runners/slurm_options.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>

#include "stune/error.hpp"

namespace stune::slurm {
namespace {

enum class Treatment : std::uint8_t {
  refused,
  ignored,
  silently_ignored,
  chdir,
  cluster,
  exclude,
  exports,
  comment,
  requeue,
  no_requeue
};

struct Rule {
  std::string_view name;
  char letter;  ///< of the short form, or 0
  bool has_value;
  Treatment treatment;
  std::string_view why;
};

constexpr std::string_view no_array = "stune makes an array of trials itself; see --trials and --parallel";
constexpr std::string_view no_wait = "stune waits for its jobs in its own way";
constexpr std::string_view no_job = "no job would be submitted";
constexpr std::string_view own_log = "the trial's output goes to output.log in the attempt's folder";

constexpr std::array rules{
    Rule{"array", 'a', true, Treatment::refused, no_array},
    Rule{"wait", 'W', false, Treatment::refused, no_wait},
    Rule{"test-only", 0, false, Treatment::refused, no_job},
    Rule{"help", 'h', false, Treatment::refused, no_job},
    Rule{"usage", 0, false, Treatment::refused, no_job},
    Rule{"version", 'V', false, Treatment::refused, no_job},
    Rule{"wrap", 0, true, Treatment::refused, "the experiment's command is what a job runs"},
    Rule{"clusters", 'M', true, Treatment::cluster, "jobs can be followed on one cluster only: name one"},
    Rule{"exclude", 'x', true, Treatment::exclude, ""},
    Rule{"job-name", 'J', true, Treatment::ignored, "a job's name is how stune finds it again"},
    Rule{"output", 'o', true, Treatment::ignored, own_log},
    Rule{"error", 'e', true, Treatment::ignored, own_log},
    Rule{"open-mode", 0, true, Treatment::ignored, own_log},
    Rule{"parsable", 0, false, Treatment::silently_ignored, ""},
    Rule{"quiet", 'Q', false, Treatment::silently_ignored, ""},
    Rule{"verbose", 'v', false, Treatment::silently_ignored, ""},
    Rule{"chdir", 'D', true, Treatment::chdir, ""},
    Rule{"workdir", 0, true, Treatment::chdir, ""},
    Rule{"export", 0, true, Treatment::exports, ""},
    Rule{"export-file", 0, true, Treatment::exports, ""},
    Rule{"comment", 0, true, Treatment::comment, ""},
    Rule{"requeue", 0, false, Treatment::requeue, ""},
    Rule{"no-requeue", 0, false, Treatment::no_requeue, ""},
};

bool is_blank(char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; }

/// As getopt_long: a long name may be shortened. Nothing shorter than three letters is taken for one of ours.
const Rule* find_rule(std::string_view word) {
  if (word.size() < 2 || word[0] != '-') return nullptr;
  if (word[1] != '-') {
    const auto found =
        std::find_if(rules.begin(), rules.end(), [&](const Rule& rule) { return rule.letter == word[1]; });
    return found != rules.end() ? &*found : nullptr;
  }
  const std::string_view name =
      word.substr(2, word.find('=') == std::string_view::npos ? word.npos : word.find('=') - 2);
  const Rule* shortened = nullptr;
  for (const Rule& rule : rules) {
    if (rule.name == name) return &rule;
    if (shortened == nullptr && name.size() >= 3 && rule.name.starts_with(name)) shortened = &rule;
  }
  return shortened;
}

/// As getopt: several short options without values may be one word, and the last of them may have one.
std::vector<OptionWord> unbundled(const std::vector<OptionWord>& words) {
  constexpr std::string_view without_value = "hHOQsvVW";
  std::vector<OptionWord> single;
  for (const OptionWord& word : words) {
    std::string rest = word.text;
    while (rest.size() > 2 && rest[0] == '-' && without_value.find(rest[1]) != std::string_view::npos) {
      single.push_back({rest.substr(0, 2), word.place});
      rest.erase(1, 1);
    }
    single.push_back({std::move(rest), word.place});
  }
  return single;
}

/// The value inside `word` itself: --name=VALUE or -nVALUE.
std::optional<std::string> own_value(std::string_view word) {
  if (!word.starts_with("--")) return word.size() > 2 ? std::optional(std::string(word.substr(2))) : std::nullopt;
  const std::size_t sign = word.find('=');
  if (sign == std::string_view::npos) return {};
  return std::string(word.substr(sign + 1));
}

void refuse(const OptionWord& word, std::string_view why) {
  throw ConfigError(word.place + ": " + word.text + " cannot be used with stune: " + std::string(why));
}

/// Goes through the words of one source; `kept` receives those that sbatch is to see.
class Sorter {
 public:
  Sorter(UserOptions& options, std::vector<std::string>& kept) : options_(options), kept_(kept) {}

  void sort(const std::vector<OptionWord>& given) {
    const std::vector<OptionWord> words = unbundled(given);
    for (std::size_t i = 0; i < words.size(); ++i) {
      const OptionWord& word = words[i];
      if (word.text == "hetjob" || word.text == "packjob" || word.text == ":") {
        refuse(word, "heterogeneous jobs are not supported");
      }
      const Rule* rule = find_rule(word.text);
      if (rule == nullptr) {
        kept_.push_back(word.text);
        continue;
      }
      std::optional<std::string> value = own_value(word.text);
      const bool in_next = rule->has_value && !value && i + 1 < words.size();
      if (in_next) value = words[++i].text;
      apply(*rule, word, value.value_or(""), in_next);
    }
  }

 private:
  void apply(const Rule& rule, const OptionWord& word, const std::string& value, bool in_next) {
    const auto keep = [&] {
      kept_.push_back(word.text);
      if (in_next) kept_.push_back(value);
    };
    switch (rule.treatment) {
      case Treatment::refused:
        return refuse(word, rule.why);
      case Treatment::ignored:
        options_.notes.push_back(word.place + ": " + word.text + " is ignored: " + std::string(rule.why));
        return;
      case Treatment::silently_ignored:
        return;
      case Treatment::chdir:
        options_.chdir = value;
        return;
      case Treatment::cluster:
        if (value.empty() || value == "all" || value.find_first_of(",{") != std::string::npos) refuse(word, rule.why);
        options_.cluster = value;
        return;
      case Treatment::exclude:
        options_.exclude = value;
        return;
      case Treatment::exports:
        options_.has_export = true;
        return keep();
      case Treatment::comment:
        options_.has_comment = true;
        return keep();
      case Treatment::requeue:
        options_.requeue = true;
        return;
      case Treatment::no_requeue:
        options_.requeue = false;
        return;
    }
  }

  UserOptions& options_;
  std::vector<std::string>& kept_;
};

}  // namespace

std::vector<std::string> split_words(std::string_view line) {
  std::vector<std::string> words;
  std::optional<std::string> word;
  char quote = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (quote == 0 && is_blank(c)) {
      if (word) words.push_back(std::move(*word));
      word.reset();
      continue;
    }
    if (!word && c == '#') break;
    if (!word) word.emplace();
    if (c == '\\' && i + 1 < line.size()) {
      word->push_back(line[++i]);
    } else if (quote == 0 && (c == '\'' || c == '"')) {
      quote = c;
    } else if (quote != 0 && c == quote) {
      quote = 0;
    } else {
      word->push_back(c);
    }
  }
  if (word) words.push_back(std::move(*word));
  return words;
}

std::string quote_word(const std::string& word) {
  const bool plain = !word.empty() && std::none_of(word.begin(), word.end(), is_blank) &&
                     word.find_first_of("\"'\\#") == std::string::npos;
  if (plain) return word;
  std::string quoted = "\"";
  for (const char c : word) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "\"";
}

std::vector<OptionWord> script_words(std::string_view script, const std::string& name) {
  constexpr std::string_view mark = "#SBATCH";
  std::vector<OptionWord> words;
  for (int number = 1; !script.empty(); ++number) {
    const std::size_t end = script.find('\n');
    const std::string_view line = script.substr(0, end);
    script.remove_prefix(end == std::string_view::npos ? script.size() : end + 1);
    const bool blank = std::all_of(line.begin(), line.end(), is_blank);
    if (!blank && line[0] != '#') break;
    if (!line.starts_with(mark)) continue;
    for (std::string& word : split_words(line.substr(mark.size()))) {
      words.push_back({std::move(word), name + ":" + std::to_string(number)});
    }
  }
  return words;
}

std::vector<OptionWord> typed_words(const std::map<std::string, std::string>& environment,
                                    const std::vector<std::string>& texts) {
  constexpr std::array<std::pair<const char*, const char*>, 6> names{{{"SBATCH_ACCOUNT", "--account="},
                                                                      {"SBATCH_PARTITION", "--partition="},
                                                                      {"SBATCH_QOS", "--qos="},
                                                                      {"SBATCH_RESERVATION", "--reservation="},
                                                                      {"SLURM_CLUSTERS", "--clusters="},
                                                                      {"SBATCH_CLUSTERS", "--clusters="}}};
  std::vector<OptionWord> words;
  for (const auto& [name, option] : names) {
    const auto value = environment.find(name);
    if (value != environment.end() && !value->second.empty()) words.push_back({option + value->second, name});
  }
  for (const std::string& text : texts) {
    for (std::string& word : split_words(text)) words.push_back({std::move(word), "--sbatch"});
  }
  return words;
}

UserOptions sort_options(const std::vector<OptionWord>& script, const std::vector<OptionWord>& command_line) {
  UserOptions options;
  Sorter(options, options.from_script).sort(script);
  Sorter(options, options.from_command_line).sort(command_line);
  return options;
}

}  // namespace stune::slurm
