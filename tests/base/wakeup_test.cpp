#include "base/wakeup.hpp"

#include <gtest/gtest.h>
#include <poll.h>

#include <thread>

namespace stune {
namespace {

bool is_readable(int fd) {
  pollfd watched{fd, POLLIN, 0};
  return ::poll(&watched, 1, 0) == 1;
}

TEST(Wakeup, IsReadableFromNotifyToDrain) {
  const Wakeup wakeup;
  EXPECT_FALSE(is_readable(wakeup.fd()));

  wakeup.notify();
  wakeup.notify();

  EXPECT_TRUE(is_readable(wakeup.fd()));
  EXPECT_TRUE(wakeup.drain());
  EXPECT_FALSE(is_readable(wakeup.fd()));
  EXPECT_FALSE(wakeup.drain());
}

TEST(Wakeup, AnotherThreadMayNotify) {
  const Wakeup wakeup;

  std::thread other([&] { wakeup.notify(); });
  pollfd watched{wakeup.fd(), POLLIN, 0};
  EXPECT_EQ(::poll(&watched, 1, 60000), 1);
  other.join();

  EXPECT_TRUE(wakeup.drain());
}

TEST(Wakeup, NotifyKeepsErrnoForTheInterruptedCode) {
  const Wakeup wakeup;
  errno = EDOM;

  wakeup.notify();

  EXPECT_EQ(errno, EDOM);
}

}  // namespace
}  // namespace stune
