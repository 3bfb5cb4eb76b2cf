// Signals and sudden deaths: what reaches the command, and that an exit record is always there.
#include <iterator>
#include <sstream>

#include "tests/trial/attempt_fixture.hpp"

namespace stune {
namespace {

/// A command that counts signals until it is told to end through a pipe.
class Signals : public AttemptFixture {
 protected:
  void SetUp() override {
    ready = make_pipe("ready");
    orders = make_pipe("orders");
    prepare("exec 3<>" + orders + "; trap 'echo usr1' USR1; trap 'echo usr2; echo > " + ready +
            "' USR2; trap 'echo term; exit 0' TERM; echo > " + ready +
            "; while :; do if read -r word <&3; then exit 0; fi; done");
    node = start();
    read_file(ready);
    groups = children_of(node);
  }
  /// USR2 to the node program alone is not handed on earlier than what came before it.
  void wait_for_what_was_sent() {
    ::kill(node, SIGUSR2);
    read_file(ready);
  }
  void finish() {
    std::ofstream(orders) << "end" << std::endl;
    wait_for(node);
  }

  pid_t in_group(bool is_command) const {
    for (const pid_t pid : groups) {
      const bool is_bash = read_file("/proc/" + std::to_string(pid) + "/comm") == "bash\n";
      if (is_bash == is_command) return pid;
    }
    ADD_FAILURE() << "no such process";
    return node;
  }
  pid_t command() const { return in_group(true); }
  pid_t witness() const { return in_group(false); }
  /// What the command said, in no order: bash is free in which of two signals it serves first.
  std::vector<std::string> words() const {
    std::istringstream text(output());
    return {std::istream_iterator<std::string>(text), {}};
  }
  std::vector<int> received() const {
    std::vector<int> result;
    for (const ReceivedSignal& signal : record().signals) result.push_back(signal.signal);
    return result;
  }

  std::string ready;
  std::string orders;
  pid_t node = -1;
  std::vector<pid_t> groups;  ///< the witness and the command
};

TEST_F(Signals, SentToTheNodeProgramAloneReachTheCommandOnce) {
  ::kill(node, SIGUSR1);

  wait_for_what_was_sent();
  finish();

  EXPECT_THAT(words(), testing::UnorderedElementsAre("usr1", "usr2"));
  ASSERT_EQ(record().signals.size(), 2U);
  EXPECT_EQ(record().signals[0].signal, SIGUSR1);
}

/// Stopped meanwhile, so that it finds everything sent however long sending took; its SIGCONT is one more signal.
TEST_F(Signals, SentToEveryProcessReachTheCommandOnce) {
  ASSERT_EQ(groups.size(), 2U);
  ::kill(node, SIGSTOP);
  ASSERT_EQ(::waitpid(node, nullptr, WUNTRACED), node);
  ::kill(node, SIGUSR1);
  for (const pid_t pid : groups) ::kill(pid, SIGUSR1);
  ::kill(node, SIGCONT);

  wait_for_what_was_sent();
  finish();

  EXPECT_THAT(words(), testing::UnorderedElementsAre("usr1", "usr2"));
  EXPECT_THAT(received(), testing::UnorderedElementsAre(SIGUSR1, SIGCONT, SIGUSR2));
}

TEST_F(Signals, SentToEveryProcessReachTheCommandOnceWhileTheWitnessGetsNoProcessor) {
  ::kill(witness(), SIGSTOP);
  for (const pid_t pid : groups) ::kill(pid, SIGUSR1);
  ::kill(node, SIGUSR1);

  wait_for_what_was_sent();
  ::kill(witness(), SIGCONT);
  finish();

  EXPECT_THAT(words(), testing::UnorderedElementsAre("usr1", "usr2"));
}

TEST_F(Signals, SentToTheNodeProgramsGroupReachTheCommandOnce) {
  ASSERT_EQ(::getpgid(node), node);
  for (const pid_t pid : groups) ASSERT_EQ(::getpgid(pid), pid);
  ::kill(-node, SIGUSR1);

  wait_for_what_was_sent();
  finish();

  EXPECT_THAT(words(), testing::UnorderedElementsAre("usr1", "usr2"));
}

TEST_F(Signals, ACommandThatEndsWellAfterSigtermIsInterrupted) {
  ::kill(node, SIGTERM);

  EXPECT_EQ(wait_for(node), 0);

  EXPECT_EQ(output(), "term\n");
  EXPECT_EQ(ending_of(record()).cause, Cause::interrupted);
}

TEST_F(Signals, SigkillOfTheCommandIsOnRecord) {
  ::kill(command(), SIGKILL);

  EXPECT_EQ(wait_for(node), 128 + SIGKILL);

  EXPECT_EQ(record().signal, SIGKILL);
  EXPECT_EQ(ending_of(record()).cause, Cause::signal);
}

TEST_F(Signals, SigkillOfTheNodeProgramEndsTheCommandAndIsOnRecord) {
  ::kill(node, SIGKILL);
  EXPECT_EQ(wait_for(node), 128 + SIGKILL);
  for (const pid_t pid : groups) wait_until_gone(pid);

  EXPECT_EQ(ending_of(record()).cause, Cause::lost);
  EXPECT_THAT(record().error, testing::HasSubstr("node program was killed"));
  EXPECT_EQ(finished_attempts(experiment).size(), 1U);
  for (const pid_t pid : groups) EXPECT_FALSE(identify(pid).has_value());
}

TEST_F(Signals, SigkillOfTheWitnessHarmsNobody) {
  ::kill(witness(), SIGKILL);
  ::kill(node, SIGUSR1);

  wait_for_what_was_sent();
  finish();

  EXPECT_THAT(words(), testing::UnorderedElementsAre("usr1", "usr2"));
  EXPECT_EQ(ending_of(record()).cause, Cause::completed);
}

class Stopped : public AttemptFixture {};

TEST_F(Stopped, ACommandThatEndsBeforeTheNodeProgramGetsItsSigtermIsInterrupted) {
  prepare("kill -CONT $PPID; (until grep -q '^State:.Z' /proc/$$/status; do :; done; kill -TERM $PPID) & exit 0");

  EXPECT_EQ(wait_for(start()), 0);

  EXPECT_EQ(ending_of(record()).cause, Cause::interrupted);
}

class Orphans : public AttemptFixture {};

TEST_F(Orphans, DieWithTheirParentWhenAskedTo) {
  const std::string ready = make_pipe("ready");
  prepare("echo $PPID > " + ready + "; sleep 1000");
  SpawnOptions parent;
  parent.arguments = {"/bin/bash",
                      "-c",
                      "\"$1\" attempt --die-with-parent \"$2\"; echo",
                      "parent",
                      experiment.node_program().string(),
                      attempt.path().string()};
  parent.environment = {{"PATH", "/usr/bin:/bin"}};
  pid_t pid = -1;
  ASSERT_EQ(spawn(parent, pid), 0);
  const pid_t node = std::stoi(read_file(ready).value_or("0"));

  ::kill(pid, SIGKILL);
  ::waitpid(pid, nullptr, 0);
  wait_until_gone(node);

  ASSERT_EQ(record().signals.size(), 1U);
  EXPECT_EQ(record().signals[0].signal, SIGTERM);
  EXPECT_EQ(record().signal, SIGTERM);
}

TEST_F(Orphans, ASignalBeforeTheCommandKeepsItFromStarting) {
  prepare("echo ran");
  SpawnOptions options;
  // The node program inherits a pending, blocked SIGTERM across exec.
  options.arguments = {"/usr/bin/env",
                       "--block-signal=TERM",
                       "/bin/bash",
                       "-c",
                       "kill -TERM $$; exec \"$@\"",
                       "sh",
                       experiment.node_program().string(),
                       "attempt",
                       attempt.path().string()};
  options.environment = {{"PATH", "/usr/bin:/bin"}};
  pid_t pid = -1;
  ASSERT_EQ(spawn(options, pid), 0);

  EXPECT_EQ(wait_for(pid), 128 + SIGTERM);

  EXPECT_EQ(output(), "");
  EXPECT_EQ(ending_of(record()).cause, Cause::interrupted);
}

}  // namespace
}  // namespace stune
