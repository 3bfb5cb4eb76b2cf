#include "runners/slurm_chain.hpp"

#include <algorithm>
#include <sstream>

#include "base/file.hpp"
#include "base/text.hpp"
#include "runners/slurm_options.hpp"
#include "runners/slurm_parse.hpp"
#include "runners/slurm_script.hpp"
#include "stune/error.hpp"

namespace stune::slurm {
namespace {

constexpr std::size_t generations_looked_at = 3;
constexpr Seconds too_fast{60};

std::filesystem::path place_of(const Chain& chain) { return chain.experiment / "coordinator"; }

}  // namespace

UserOptions chain_options(const Environment& environment, const std::vector<std::string>& options) {
  UserOptions user = sort_options({}, typed_words(environment, options));
  if (!user.cluster.empty()) throw ConfigError("a coordinator cannot run as a job of another cluster");
  return user;
}

void write_chain(const Chain& chain, const std::filesystem::path& program, const Environment& environment,
                 const std::vector<std::string>& options) {
  const UserOptions user = chain_options(environment, options);
  std::string text = "#!/bin/sh\n#SBATCH --ntasks=1\n";
  for (const std::string& word : user.from_command_line) {
    if (word.starts_with("-")) text.append(text.ends_with("\n") ? "#SBATCH" : "\n#SBATCH");
    text.append(" ").append(quote_word(word));
  }
  if (!user.exclude.empty()) text += "\n#SBATCH --exclude=" + user.exclude;
  text += "\n# Runs the loop of an experiment. Its successor is in the queue already and waits for its end.\nexec " +
          shell_quoted(program.string()) + " resume " + shell_quoted(chain.experiment.string()) +
          " --coordinator chain\n";
  create_folders(place_of(chain));
  replace_file(place_of(chain) / "job.sh", text, 0700);
}

std::string submit_generation(Interview& slurm, const Chain& chain, const Environment& environment,
                              const std::string& after) {
  const auto place = place_of(chain);
  std::string log;
  for (const char c : place.string() + "/slurm-") log.append(c == '%' ? 2 : 1, c);
  std::vector<std::string> arguments{
      "--parsable",   "--job-name=" + chain.name + "-coordinator", "--output=" + log + "%j.log", "--open-mode=append",
      "--no-requeue", "--chdir=" + chain.experiment.string()};
  if (!after.empty()) arguments.push_back("--dependency=afterany:" + after);
  arguments.push_back((place / "job.sh").string());
  const CommandResult result = slurm.ask(Tool::sbatch, std::move(arguments), job_environment(environment, environment));
  const SbatchAnswer answer = parse_sbatch(result);
  if (const auto* submitted = std::get_if<Submitted>(&answer)) return submitted->job;
  if (const auto* ambiguous = std::get_if<Ambiguous>(&answer)) {
    throw RunnerError("Slurm left open whether it took the coordinator's job (" + ambiguous->why +
                      "); look with: squeue --me --name=" + chain.name + "-coordinator");
  }
  throw RunnerError("Slurm did not take the coordinator's job: " + std::string(trimmed(result.error)));
}

bool begin_generation(const Chain& chain, TimePoint now) {
  const auto file = place_of(chain) / "generations";
  std::string text = read_file(file).value_or("");
  text += std::to_string(now.time_since_epoch().count()) + "\n";
  replace_file(file, text);
  std::vector<TimePoint> began;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    began.emplace_back(std::chrono::microseconds(parse_integer(line).value_or(0)));
  }
  if (began.size() < generations_looked_at) return true;
  return now - began[began.size() - generations_looked_at] >= too_fast;
}

}  // namespace stune::slurm
