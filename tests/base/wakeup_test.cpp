#include "base/wakeup.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "tests/base/readable.hpp"

namespace stune {
namespace {

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
  EXPECT_TRUE(is_readable(wakeup.fd(), 60000));
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
