#include "base/commands.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <array>
#include <map>

#include "base/clock.hpp"
#include "base/file.hpp"
#include "tests/base/readable.hpp"
#include "tests/support/temporary_folder.hpp"

namespace stune {
namespace {

using testing::HasSubstr;

class CommandsTest : public testing::Test {
 protected:
  static CommandCall shell(const std::string& script, Seconds timeout = Seconds(60)) {
    return {{"sh", "-c", script}, current_environment(), "", timeout};
  }

  /// As the coordinator does it: waits on the one descriptor until the one deadline.
  std::map<CommandId, CommandResult> wait_for(std::size_t count) {
    std::map<CommandId, CommandResult> results;
    while (results.size() < count) {
      for (auto& [id, result] : commands_->finished()) {
        EXPECT_FALSE(results.contains(id)) << "reported twice";
        results[id] = std::move(result);
      }
      if (results.size() == count) break;
      const std::array descriptors{commands_->wake_fd()};
      clock_.wait(descriptors, commands_->next_deadline());
    }
    return results;
  }

  CommandResult run(CommandCall call) {
    const CommandId id = commands_->start(std::move(call));
    return wait_for(1).at(id);
  }

  SystemClock clock_;
  std::unique_ptr<Commands> commands_ = make_child_commands(clock_);
};

TEST_F(CommandsTest, AnswersWithOutputErrorsAndExitCode) {
  const CommandResult result = run(shell("echo out; echo err >&2; exit 3"));

  EXPECT_EQ(result.exit_code, 3);
  EXPECT_EQ(result.signal, 0);
  EXPECT_EQ(result.output, "out\n");
  EXPECT_EQ(result.error, "err\n");
  EXPECT_FALSE(result.timed_out);
  EXPECT_FALSE(result.truncated);
}

TEST_F(CommandsTest, NothingIsDueAndNothingWakesWhenNothingRuns) {
  EXPECT_TRUE(commands_->finished().empty());
  EXPECT_FALSE(is_readable(commands_->wake_fd()));
  EXPECT_EQ(commands_->next_deadline(), TimePoint::max());

  run(shell("true"));

  EXPECT_TRUE(commands_->finished().empty());
  EXPECT_FALSE(is_readable(commands_->wake_fd()));
  EXPECT_EQ(commands_->next_deadline(), TimePoint::max());
}

TEST_F(CommandsTest, InputOfAnySizeIsRead) {
  CommandCall call = shell("wc -c");
  call.input.assign(3'000'000, 'x');

  EXPECT_EQ(std::stoi(run(call).output), 3'000'000);
}

TEST_F(CommandsTest, InputThatIsNotReadHarmsNobody) {
  CommandCall call = shell("exit 0");
  call.input.assign(3'000'000, 'x');

  EXPECT_EQ(run(call).exit_code, 0);
}

TEST_F(CommandsTest, WithoutInputThereIsNone) { EXPECT_EQ(run(shell("cat")).output, ""); }

TEST_F(CommandsTest, BothStreamsMayBeLong) {
  const CommandResult result = run(shell("head -c 2000000 /dev/zero; head -c 2000000 /dev/zero >&2"));

  EXPECT_EQ(result.output.size(), 2'000'000U);
  EXPECT_EQ(result.error.size(), 2'000'000U);
  EXPECT_FALSE(result.truncated);
}

TEST_F(CommandsTest, OutputBeyondTheLimitIsDroppedAndSaid) {
  const CommandResult result = run(shell("head -c 20000000 /dev/zero; echo done >&2"));

  EXPECT_EQ(result.output.size(), std::size_t{16} << 20);
  EXPECT_TRUE(result.truncated);
  EXPECT_EQ(result.error, "done\n");  // it could write to its end
  EXPECT_EQ(result.exit_code, 0);
}

TEST_F(CommandsTest, WhatCannotBeStartedIs127WithAMessage) {
  CommandCall call = shell("");
  call.arguments = {"no-such-sbatch", "--version"};

  const CommandId id = commands_->start(call);
  EXPECT_TRUE(is_readable(commands_->wake_fd()));
  const TimePoint due = commands_->next_deadline();
  EXPECT_LE(due, clock_.now());
  const CommandResult result = wait_for(1).at(id);

  EXPECT_EQ(result.exit_code, 127);
  EXPECT_THAT(result.error, HasSubstr("cannot start no-such-sbatch: No such file or directory"));
  EXPECT_FALSE(is_readable(commands_->wake_fd()));
}

TEST_F(CommandsTest, ASignalIsNoExitCode) {
  const CommandResult result = run(shell("kill -TERM $$"));

  EXPECT_EQ(result.signal, SIGTERM);
  EXPECT_FALSE(result.timed_out);
}

TEST_F(CommandsTest, ATimeoutKillsTheWholeGroup) {
  const TemporaryFolder folder;
  CommandCall call = shell("sleep 1000 & echo $! > $OUT; echo partial; wait", Seconds(0.05));
  call.environment["OUT"] = folder / "pid";

  const CommandResult result = run(call);

  EXPECT_TRUE(result.timed_out);
  EXPECT_EQ(result.signal, SIGKILL);
  if (const auto pid = read_file(folder / "pid"); pid && !pid->empty()) {
    // Dead, or a zombie nobody has waited for yet; init may take a moment to look.
    const pid_t child = std::stoi(*pid);
    for (int i = 0; i < 10000 && identify(child); ++i) ::poll(nullptr, 0, 1);
    EXPECT_FALSE(identify(child).has_value());
  }
}

TEST_F(CommandsTest, TheDeadlineIsThatOfTheFirstTimeout) {
  commands_->start(shell("exec sleep 1000", Seconds(500)));
  commands_->start(shell("exec sleep 1000", Seconds(200)));

  const Seconds left = commands_->next_deadline() - clock_.now();

  EXPECT_LE(left.count(), 200.0);
  EXPECT_GT(left.count(), 100.0);
}

TEST_F(CommandsTest, ABackgroundProcessThatKeepsThePipesIsNotWaitedFor) {
  const TemporaryFolder folder;
  CommandCall call = shell("sleep 1000 & echo $! > $OUT; echo started");
  call.environment["OUT"] = folder / "pid";

  const CommandResult result = run(call);
  const pid_t left = std::stoi(read_file(folder / "pid").value());

  EXPECT_EQ(result.output, "started\n");
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_EQ(::kill(left, SIGKILL), 0) << "and not killed either";
  EXPECT_FALSE(is_readable(commands_->wake_fd())) << "its end of the pipe is no longer watched";
}

TEST_F(CommandsTest, ACommandThatClosesItsStreamsIsStillWaitedFor) {
  const CommandResult result = run(shell("exec >&- 2>&-; sleep 0.05; exit 4"));

  EXPECT_EQ(result.exit_code, 4);
}

TEST_F(CommandsTest, ManyRunAtOnceAndEachIsReportedOnce) {
  std::map<CommandId, std::string> expected;
  for (int i = 0; i < 50; ++i)
    expected[commands_->start(shell("echo " + std::to_string(i)))] = std::to_string(i) + "\n";

  const auto results = wait_for(expected.size());

  for (const auto& [id, text] : expected) EXPECT_EQ(results.at(id).output, text);
}

TEST_F(CommandsTest, DestructionKillsWhatRuns) {
  const TemporaryFolder folder;
  CommandCall call = shell("echo $$ > $OUT.new; mv $OUT.new $OUT; exec sleep 1000");
  call.environment["OUT"] = folder / "pid";
  commands_->start(call);
  while (!std::filesystem::exists(folder / "pid")) ::poll(nullptr, 0, 1);

  commands_.reset();

  EXPECT_FALSE(identify(std::stoi(read_file(folder / "pid").value())).has_value());
}

}  // namespace
}  // namespace stune
