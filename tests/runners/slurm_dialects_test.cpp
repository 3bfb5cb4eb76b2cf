// What Slurm's commands say in six versions, and what is understood of it.
#include <gtest/gtest.h>

#include "runners/slurm_parse.hpp"
#include "tests/runners/dialects.hpp"

namespace stune::slurm {
namespace {

std::string told(const SbatchAnswer& answer) {
  if (const auto* job = std::get_if<Submitted>(&answer)) return "job " + job->job + "\n";
  if (std::holds_alternative<Ambiguous>(answer)) return "ambiguous\n";
  const char* const kinds[] = {"transient\n", "capacity\n", "permanent\n"};
  return kinds[static_cast<int>(std::get<Refusal>(answer).kind)];
}

std::string told(const QueueAnswer& answer) {
  std::string text = answer.whole ? "whole\n" : "part\n";
  for (const QueueRow& row : answer.rows) {
    text.append(row.job).append(" ").append(to_string(row.state)).append(" nodes=").append(row.nodes);
    text.append(" reason=").append(row.reason).append(" name=").append(row.name).append("\n");
  }
  return text;
}

std::string told(const std::vector<AccountingRow>& rows) {
  std::string text;
  for (const AccountingRow& row : rows) {
    text.append(row.job).append(" ").append(to_string(row.state));
    if (row.cancelled_by) text.append(" by=").append(std::to_string(*row.cancelled_by));
    text.append(" exit=").append(std::to_string(row.exit_code)).append(":").append(std::to_string(row.signal));
    text.append(" nodes=").append(row.nodes).append(" name=").append(row.name).append("\n");
  }
  return text;
}

std::string told(const Config& config) {
  std::ostringstream text;
  text << "cluster=" << config.cluster << " version=" << config.version << " age=" << config.min_job_age
       << " array=" << config.max_array_size << " timeout=" << config.message_timeout
       << " accounting=" << (config.accounting ? "yes" : "no") << "\n";
  return text.str();
}

std::string understood(const std::string& command, CommandResult result) {
  std::istringstream words(command);
  std::string program;
  words >> program >> result.exit_code;
  if (program == "sbatch") return told(parse_sbatch(result));
  if (program == "squeue") {
    if (command == "squeue cut") result.output.pop_back();
    return told(parse_squeue(result.output));
  }
  if (program == "sacct") return told(parse_sacct(result.output));
  if (program == "config") return told(parse_config(result.output));
  result.exit_code = 1;
  return is_accounting_disabled(result) ? "disabled\n" : "passes\n";
}

struct Dialogue {
  int line = 0;
  std::string command;
  CommandResult result;
  std::string expected;
};

std::vector<Dialogue> read(const std::vector<Line>& lines) {
  std::vector<Dialogue> all;
  bool answering = true;
  for (const auto& [number, line] : lines) {
    if (line.starts_with(">>> ")) {
      all.push_back({number, line.substr(4), {}, {}});
      answering = true;
    } else if (line == "<<<") {
      answering = false;
    } else if (all.empty()) {
      continue;
    } else if (answering) {
      hear(all.back().result, line);
    } else {
      all.back().expected += line + "\n";
    }
  }
  return all;
}

class SlurmDialect : public testing::TestWithParam<std::string> {};

TEST_P(SlurmDialect, IsUnderstoodWordForWord) {
  const auto dialogues = read(read_dialect(GetParam()).answers);

  EXPECT_GE(dialogues.size(), 7U);
  for (const Dialogue& one : dialogues) {
    EXPECT_EQ(understood(one.command, one.result), one.expected) << "slurm-" << GetParam() << ".txt:" << one.line;
  }
}

INSTANTIATE_TEST_SUITE_P(Slurm, SlurmDialect, testing::Values("20.02", "21.08", "22.05", "23.02", "23.11", "24.11"),
                         [](const auto& tested) { return dialect_name(tested.param); });

}  // namespace
}  // namespace stune::slurm
