#include "base/children.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/descriptor.hpp"
#include "base/file.hpp"
#include "tests/base/readable.hpp"
#include "tests/support/temporary_folder.hpp"

namespace stune {
namespace {

using testing::HasSubstr;

SpawnOptions shell(const std::string& script) {
  SpawnOptions options;
  options.arguments = {"sh", "-c", script};
  options.environment = current_environment();
  return options;
}

int wait_for(pid_t pid) {
  int status = 0;
  EXPECT_EQ(::waitpid(pid, &status, 0), pid);
  return status;
}

/// Runs it to its end and returns what it wrote.
std::string output_of(SpawnOptions options) {
  const TemporaryFolder folder;
  const Descriptor file(::open((folder / "out").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
  options.standard_output = file.get();
  options.standard_error = file.get();
  pid_t pid = 0;
  EXPECT_EQ(spawn(options, pid), 0);
  wait_for(pid);
  return read_file(folder / "out").value_or("");
}

TEST(Spawn, PassesExitCodesAndSignals) {
  pid_t pid = 0;

  ASSERT_EQ(spawn(shell("exit 7"), pid), 0);
  const int exited = wait_for(pid);
  ASSERT_EQ(spawn(shell("kill -9 $$"), pid), 0);
  const int killed = wait_for(pid);

  EXPECT_EQ(WEXITSTATUS(exited), 7);
  EXPECT_EQ(WTERMSIG(killed), SIGKILL);
}

TEST(Spawn, TheEnvironmentIsExactlyTheGivenOne) {
  SpawnOptions options;
  options.arguments = {"env"};
  options.environment = {{"PATH", "/usr/bin:/bin"}, {"ODD", "a=b c"}};

  EXPECT_EQ(output_of(options), "ODD=a=b c\nPATH=/usr/bin:/bin\n");
}

TEST(Spawn, LooksForTheProgramInThePathOfTheChild) {
  const TemporaryFolder folder;
  replace_file(folder / "only-here", "#!/bin/sh\necho found\n", 0755);
  SpawnOptions options;
  options.arguments = {"only-here"};
  options.environment = {{"PATH", "/nowhere:" + folder.path().string() + ":/usr/bin:/bin"}};

  EXPECT_EQ(output_of(options), "found\n");
}

TEST(Spawn, WhatCannotBeStartedIsAnErrorNumber) {
  const TemporaryFolder folder;
  replace_file(folder / "plain", "text", 0644);
  SpawnOptions options = shell("");
  pid_t pid = 4711;

  options.arguments = {"no-such-program-anywhere"};
  EXPECT_EQ(spawn(options, pid), ENOENT);
  options.arguments = {"/no/such/program"};
  EXPECT_EQ(spawn(options, pid), ENOENT);
  options.arguments = {folder / "plain"};
  EXPECT_EQ(spawn(options, pid), EACCES);
  options.environment["PATH"] = folder.path();
  options.arguments = {"plain"};
  EXPECT_EQ(spawn(options, pid), EACCES);
  options.arguments = {};
  EXPECT_EQ(spawn(options, pid), ENOENT);
  options = shell("");
  options.working_directory = "/no/such/folder";
  EXPECT_EQ(spawn(options, pid), ENOENT);

  EXPECT_EQ(pid, 4711);
}

TEST(Spawn, StartsInTheGivenFolder) {
  const TemporaryFolder folder;
  SpawnOptions options = shell("pwd -P");
  options.working_directory = folder.path();

  EXPECT_EQ(output_of(options), std::filesystem::canonical(folder.path()).string() + "\n");
}

TEST(Spawn, OnlyTheThreeDescriptorsAreOpenInTheChild) {
  const Descriptor leaky(::open("/dev/null", O_RDONLY));  // without close-on-exec

  // ls holds one more: the folder it reads
  EXPECT_EQ(output_of(shell("exec ls /proc/self/fd")), "0\n1\n2\n3\n");
}

TEST(Spawn, StreamsThatAreNotGivenAreEmptySinks) {
  SpawnOptions options =
      shell("read line && exit 1; echo lost; echo lost >&2; readlink /proc/$$/fd/0 /proc/$$/fd/2 > $OUT");
  const TemporaryFolder folder;
  options.environment["OUT"] = folder / "out";
  pid_t pid = 0;

  ASSERT_EQ(spawn(options, pid), 0);
  wait_for(pid);

  EXPECT_EQ(read_file(folder / "out"), "/dev/null\n/dev/null\n");
}

TEST(Spawn, StreamsMayBeCrossed) {
  const TemporaryFolder folder;
  // In a process of its own, whose descriptors 1 and 2 are files: the child gets them the other way round.
  const pid_t middle = ::fork();
  if (middle == 0) {
    ::dup2(::open((folder / "one").c_str(), O_WRONLY | O_CREAT, 0600), 1);
    ::dup2(::open((folder / "two").c_str(), O_WRONLY | O_CREAT, 0600), 2);
    SpawnOptions options = shell("echo out; echo err >&2");
    options.standard_output = 2;
    options.standard_error = 1;
    pid_t pid = 0;
    if (spawn(options, pid) != 0) ::_exit(1);
    int status = 0;
    ::waitpid(pid, &status, 0);
    ::_exit(0);
  }
  ASSERT_EQ(wait_for(middle), 0);

  EXPECT_EQ(read_file(folder / "one"), "err\n");
  EXPECT_EQ(read_file(folder / "two"), "out\n");
}

TEST(Spawn, SignalsAreAtTheirDefaultsAndUnblocked) {
  sigset_t blocked;
  sigset_t before;
  ::sigemptyset(&blocked);
  ::sigaddset(&blocked, SIGTERM);
  ::sigprocmask(SIG_BLOCK, &blocked, &before);
  const auto old = ::signal(SIGINT, SIG_IGN);

  const std::string masks = output_of(shell("sed -n 's/^Sig\\(Blk\\|Ign\\):.//p' /proc/self/status"));
  ::signal(SIGINT, old);
  ::sigprocmask(SIG_SETMASK, &before, nullptr);

  constexpr std::uint64_t of_the_c_library = 0x180000000;  // 32 and 33, which glibc keeps to itself
  std::size_t length = 0;
  EXPECT_EQ(std::stoull(masks, &length, 16), 0U) << "blocked";
  EXPECT_EQ(std::stoull(masks.substr(length), nullptr, 16) & ~of_the_c_library, 0U) << "ignored";
}

TEST(Spawn, TheChildLeadsAGroupUnlessItIsToStayInOurs) {
  SpawnOptions options = shell("exec sleep 1000");
  pid_t pid = 0;

  ASSERT_EQ(spawn(options, pid), 0);
  EXPECT_EQ(::getpgid(pid), pid);
  ::kill(-pid, SIGKILL);
  wait_for(pid);

  options.own_group = false;
  ASSERT_EQ(spawn(options, pid), 0);
  EXPECT_EQ(::getpgid(pid), ::getpgrp());
  ::kill(pid, SIGKILL);
  wait_for(pid);
}

TEST(Pidfd, IsReadableOnceTheProcessHasEnded) {
  pid_t pid = 0;
  ASSERT_EQ(spawn(shell("exec sleep 1000"), pid), 0);
  const Descriptor process(open_pidfd(pid));
  if (!process && errno == ENOSYS) GTEST_SKIP() << "this kernel has no pidfd";
  ASSERT_TRUE(process);

  EXPECT_FALSE(is_readable(process.get()));
  EXPECT_EQ(::fcntl(process.get(), F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
  ::kill(pid, SIGKILL);

  EXPECT_TRUE(is_readable(process.get(), 60000));
  wait_for(pid);
}

TEST(Identity, LastsAsLongAsTheProcess) {
  pid_t pid = 0;
  ASSERT_EQ(spawn(shell("exec sleep 1000"), pid), 0);

  const auto identity = identify(pid);
  ASSERT_TRUE(identity.has_value());
  EXPECT_TRUE(is_alive(*identity));
  EXPECT_FALSE(identity->boot_id.empty());
  EXPECT_GT(identity->start_ticks, 0U);

  ::kill(pid, SIGKILL);
  const Descriptor process(open_pidfd(pid));
  is_readable(process.get(), 60000);
  EXPECT_FALSE(is_alive(*identity)) << "a zombie is not alive";
  wait_for(pid);
  EXPECT_FALSE(is_alive(*identity));
  EXPECT_FALSE(identify(pid).has_value());
}

TEST(Identity, AnotherStartTimeOrBootIsAnotherProcess) {
  const auto ours = identify(::getpid());
  ASSERT_TRUE(ours.has_value());
  ProcessIdentity earlier = *ours;
  --earlier.start_ticks;
  ProcessIdentity rebooted = *ours;
  rebooted.boot_id = "another";

  EXPECT_TRUE(is_alive(*ours));
  EXPECT_FALSE(is_alive(earlier));
  EXPECT_FALSE(is_alive(rebooted));
}

TEST(Identity, NamesWithSpacesAndParenthesesDoNotConfuseIt) {
  const TemporaryFolder folder;
  const std::string program = folder / ") R 1 (x";
  std::filesystem::copy_file(std::filesystem::canonical("/bin/sleep"), program);
  SpawnOptions options = shell("");
  options.arguments = {program, "1000"};
  pid_t pid = 0;
  ASSERT_EQ(spawn(options, pid), 0);

  const auto odd = identify(pid);
  const auto ours = identify(::getpid());
  ::kill(pid, SIGKILL);
  wait_for(pid);

  ASSERT_TRUE(odd.has_value());
  EXPECT_GE(odd->start_ticks, ours->start_ticks);
}

TEST(Identity, NobodyHasAPidThatIsNone) {
  EXPECT_FALSE(identify(0).has_value());
  EXPECT_FALSE(identify(-1).has_value());
  EXPECT_FALSE(is_alive({}));
}

TEST(HostName, IsWhatTheSystemSays) {
  SpawnOptions options = shell("uname -n");

  EXPECT_EQ(output_of(options), host_name() + "\n");
}

}  // namespace
}  // namespace stune
