#include "runners/slurm_script.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>

#include "runners/attempt_environment.hpp"

namespace stune::slurm {
namespace {

/// For a comment in a script or in Slurm's data: one line, without the separator of squeue and sacct.
std::string one_line(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c == '|' || static_cast<unsigned char>(c) < ' '; }, ' ');
  return text;
}

std::string option_lines(const std::vector<std::string>& words) {
  std::string lines;
  for (const std::string& word : words) {
    const bool is_option = word.starts_with("-");
    if (is_option) lines += lines.empty() ? "#SBATCH" : "\n#SBATCH";
    // A line end in a value would end the comment, and what follows it would be run.
    std::string value = word;
    std::replace_if(
        value.begin(), value.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
    lines += (lines.empty() ? "#SBATCH " : " ") + quote_word(value);
  }
  return lines;
}

std::string attempt_lines(const std::vector<std::filesystem::path>& attempts) {
  if (attempts.size() == 1) return std::string("attempt=") + shell_quoted(attempts[0].string());
  std::string lines = "case ${SLURM_ARRAY_TASK_ID-} in\n";
  for (std::size_t i = 0; i < attempts.size(); ++i) {
    lines.append("  ").append(std::to_string(i)).append(") attempt=");
    lines.append(shell_quoted(attempts[i].string())).append(" ;;\n");
  }
  return lines + "  *) attempt= ;;\nesac";
}

}  // namespace

std::filesystem::path job_log(const std::filesystem::path& folder, const std::string& job) {
  return folder / ("slurm-" + job + ".log");
}

std::string job_log_pattern(const std::filesystem::path& folder, const std::string& job) {
  std::string escaped;
  for (const char c : folder.string()) escaped.append(c == '%' ? 2 : 1, c);
  return job_log(escaped, job).string();
}

std::string shell_quoted(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

std::string make_script(const JobPlan& plan) {
  const std::array<std::pair<std::string_view, std::string>, 5> parts{
      {{"@options@", option_lines(plan.script_options)},
       {"@token@", plan.token},
       {"@experiment@", one_line(plan.experiment)},
       {"@program@", shell_quoted(plan.node_program.string())},
       {"@attempt@", attempt_lines(plan.attempts)}}};
  std::string script;
  std::string_view rest = job_template();
  // What was filled in is never looked at again: a path may hold any of the marks.
  while (!rest.empty()) {
    std::size_t place = rest.size();
    const std::pair<std::string_view, std::string>* next = nullptr;
    for (const auto& part : parts) {
      const std::size_t found = rest.find(part.first);
      if (found < place) std::tie(place, next) = std::pair(found, &part);
    }
    script += rest.substr(0, place);
    if (next != nullptr) script += next->second;
    rest.remove_prefix(place + (next != nullptr ? next->first.size() : 0));
  }
  return script;
}

std::vector<std::string> sbatch_arguments(const JobPlan& plan, const std::filesystem::path& script) {
  std::vector<std::string> arguments;
  if (!plan.has_export) arguments.push_back("--export=ALL");
  if (!plan.has_comment) arguments.push_back("--comment=stune " + one_line(plan.experiment));
  arguments.insert(arguments.end(), plan.command_line_options.begin(), plan.command_line_options.end());
  if (!plan.exclude.empty()) arguments.push_back("--exclude=" + plan.exclude);
  // Outside an array, %A and %a are no numbers.
  const std::string log = job_log_pattern(plan.submission_folder, plan.attempts.size() > 1 ? "%A_%a" : "%j");
  arguments.insert(arguments.end(),
                   {"--parsable", "--job-name=" + plan.token, "--output=" + log, "--error=" + log, "--open-mode=append",
                    plan.requeue ? "--requeue" : "--no-requeue", "--chdir=" + plan.working_directory.string()});
  if (plan.attempts.size() > 1)
    arguments.push_back(std::string("--array=0-").append(std::to_string(plan.attempts.size() - 1)));
  arguments.push_back(script.string());
  return arguments;
}

Environment job_environment(const Environment& saved, const Environment& current) {
  Environment environment = settings_in(saved);
  std::erase_if(environment, [](const auto& variable) {
    return begins_with_any(variable.first, {"SBATCH_", "SQUEUE_", "SACCT_", "SCONTROL_", "SCANCEL_"});
  });
  if (const auto conf = current.find("SLURM_CONF"); conf != current.end()) environment.insert(*conf);
  return environment;
}

Environment with_surroundings(Environment current, const Environment& saved) {
  if (const auto path = saved.find("PATH"); path != saved.end() && !path->second.empty()) {
    std::string& here = current["PATH"];
    if (here.empty()) here = "/usr/local/bin:/usr/bin:/bin";
    here += ":" + path->second;
  }
  const auto conf = saved.find("SLURM_CONF");
  if (conf != saved.end() && ::access(conf->second.c_str(), R_OK) == 0) current.insert(*conf);
  return current;
}

Environment query_environment(const Environment& current) {
  Environment environment{{"LC_ALL", "C"}, {"SLURM_TIME_FORMAT", "standard"}, {"SLURM_BITSTR_LEN", "0"}};
  for (const auto& [name, value] : current) {
    const bool changes_answers =
        begins_with_any(name, {"SLURM_", "SBATCH_", "SQUEUE_", "SACCT_", "SCONTROL_", "SCANCEL_"}) &&
        name != "SLURM_CONF";
    if (!changes_answers) environment.emplace(name, value);
  }
  return environment;
}

}  // namespace stune::slurm
