#include "trial/signal_sets.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>

namespace stune::trial {
namespace {

TEST(SignalSets, AreReadFromTheKernelsText) {
  const SignalSets sets = parse_signal_sets(
      "Name:\tbash\nSigQ:\t0/63\nSigPnd:\t0000000000000200\nShdPnd:\t0000000000004000\n"
      "SigBlk:\t0000000000000001\nSigIgn:\t0000000000000004\nSigCgt:\t8000000000000800\n");

  EXPECT_TRUE(sets.is_pending(SIGUSR1));
  EXPECT_TRUE(sets.is_pending(SIGTERM));
  EXPECT_FALSE(sets.is_pending(SIGUSR2));
  EXPECT_TRUE(sets.survives(SIGHUP));
  EXPECT_TRUE(sets.survives(SIGQUIT));
  EXPECT_TRUE(sets.survives(SIGUSR2));
  EXPECT_TRUE(sets.survives(64));
  EXPECT_FALSE(sets.survives(SIGTERM));
}

TEST(SignalSets, OfNobodyAreEmpty) {
  EXPECT_FALSE(parse_signal_sets("").survives(SIGTERM));
  EXPECT_FALSE(signal_sets_of(0).is_pending(SIGTERM));
}

TEST(SignalSets, OfThisProcessTellWhatIsIgnored) {
  const auto before = ::signal(SIGUSR2, SIG_IGN);
  const bool ignoring = signal_sets_of(::getpid()).survives(SIGUSR2);
  ::signal(SIGUSR2, SIG_DFL);
  const bool not_ignoring = signal_sets_of(::getpid()).survives(SIGUSR2);
  ::signal(SIGUSR2, before);

  EXPECT_TRUE(ignoring);
  EXPECT_FALSE(not_ignoring);
}

}  // namespace
}  // namespace stune::trial
