#include "runners/process_watch.hpp"

#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>

namespace stune {
namespace {

pid_t start_endless() {
  SpawnOptions options;
  options.arguments = {"tail", "-f", "/dev/null"};
  options.environment = current_environment();
  pid_t pid = 0;
  EXPECT_EQ(spawn(options, pid), 0);
  return pid;
}

bool readable(int fd, int timeout_ms) {
  pollfd watched{fd, POLLIN, 0};
  return ::poll(&watched, 1, timeout_ms) == 1;
}

TEST(ProcessWatch, TellsOnceWhichProcessEnded) {
  ProcessWatch watch;
  const pid_t first = start_endless();
  const pid_t second = start_endless();
  watch.add({1, 0}, first);
  watch.add({2, 3}, second);
  EXPECT_FALSE(readable(watch.fd(), 0));

  EXPECT_TRUE(watch.signal({2, 3}, SIGKILL));

  ASSERT_TRUE(readable(watch.fd(), 60'000));
  EXPECT_EQ(watch.ended(), (std::vector<AttemptId>{{2, 3}}));
  EXPECT_TRUE(watch.ended().empty());
  EXPECT_FALSE(readable(watch.fd(), 0));
  watch.signal({1, 0}, SIGKILL);
  ::waitpid(first, nullptr, 0);
  ::waitpid(second, nullptr, 0);
}

TEST(ProcessWatch, AProcessThatIsGoneAlreadyHasEnded) {
  ProcessWatch watch;
  const pid_t pid = start_endless();
  ::kill(pid, SIGKILL);
  ::waitpid(pid, nullptr, 0);

  watch.add({1, 0}, pid);

  EXPECT_EQ(watch.ended(), (std::vector<AttemptId>{{1, 0}}));
}

TEST(ProcessWatch, WhatIsRemovedIsNotToldOfAndNotSignalled) {
  ProcessWatch watch;
  const pid_t pid = start_endless();
  watch.add({1, 0}, pid);

  watch.remove({1, 0});

  EXPECT_FALSE(watch.signal({1, 0}, SIGKILL));
  ::kill(pid, SIGKILL);
  ::waitpid(pid, nullptr, 0);
  EXPECT_TRUE(watch.ended().empty());
}

}  // namespace
}  // namespace stune
