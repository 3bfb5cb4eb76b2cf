#include "storage/lock.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include "base/file.hpp"
#include "stune/error.hpp"
#include "tests/support/temporary_folder.hpp"

namespace stune {
namespace {

using testing::HasSubstr;

/// Time passes only in wait(), where a test may do what others do meanwhile.
class HookedClock : public Clock {
 public:
  TimePoint now() override { return now_; }
  void wait(std::span<const int>, TimePoint deadline) override {
    waited += deadline - now_;
    now_ = deadline;
    ++waits;
    meanwhile();
  }

  std::function<void()> meanwhile = [] {};
  int waits = 0;
  Seconds waited{0};

 private:
  TimePoint now_{std::chrono::hours(1)};
};

class LockTest : public testing::Test {
 protected:
  std::string text() const { return read_file(folder / "lock").value(); }
  void write_lock(const std::string& content) const { std::ofstream(folder / "lock") << content; }
  /// A lock of `host` with our boot and pid namespace, and this process's identity changed by `pid`.
  void write_lock(const std::string& host, pid_t pid, const std::string& counter = "000000000007") const {
    const Lock ours = Lock::acquire(other.path(), clock_of_others);
    std::string content = read_file(other / "lock").value();
    const LockHolder& holder = ours.holder();
    replace(content, "\"" + holder.host + "\"", "\"" + host + "\"");
    replace(content, "\"pid\":" + std::to_string(holder.process.pid), "\"pid\":" + std::to_string(pid));
    replace(content, "000000000000", counter);
    write_lock(content);
  }
  std::string refusal(const AcquireOptions& options = {}) {
    try {
      Lock::acquire(folder.path(), clock, options);
      return "not refused";
    } catch (const StorageError& error) {
      return error.what();
    }
  }
  static void replace(std::string& text, const std::string& from, const std::string& to) {
    const std::size_t place = text.find(from);
    ASSERT_NE(place, std::string::npos) << from;
    text.replace(place, from.size(), to);
  }
  /// The pid of a process that has ended.
  static pid_t dead_pid() {
    const pid_t pid = ::fork();
    if (pid == 0) ::_exit(0);
    ::waitpid(pid, nullptr, 0);
    return pid;
  }

  TemporaryFolder folder;
  TemporaryFolder other;
  HookedClock clock;
  mutable HookedClock clock_of_others;
  std::vector<std::string> said;
  AcquireOptions telling{
      .take_over = false, .wait = true, .say = [this](std::string_view line) { said.emplace_back(line); }};
};

TEST_F(LockTest, IsThereWhileHeld) {
  {
    const Lock lock = Lock::acquire(folder.path(), clock);
    const auto holder = read_lock(folder.path());
    ASSERT_TRUE(holder);
    EXPECT_EQ(holder->nonce, lock.holder().nonce);
    EXPECT_EQ(holder->process.pid, ::getpid());
    EXPECT_EQ(holder->host, host_name());
    EXPECT_EQ(examine(*holder), HolderState::alive);
  }
  EXPECT_FALSE(std::filesystem::exists(folder / "lock"));
}

TEST_F(LockTest, ASecondOwnerIsRefusedByName) {
  const Lock lock = Lock::acquire(folder.path(), clock);

  const std::string why = refusal({.take_over = true});

  EXPECT_THAT(why, HasSubstr("process " + std::to_string(::getpid()) + " on " + host_name() + ", which is running"));
  EXPECT_EQ(clock.waits, 0);
  EXPECT_EQ(read_lock(folder.path())->nonce, lock.holder().nonce);
}

TEST_F(LockTest, OfAProcessThatDiedHereIsTakenAtOnce) {
  write_lock(host_name(), dead_pid());

  Lock lock = Lock::acquire(folder.path(), clock, telling);

  EXPECT_EQ(clock.waits, 0);
  EXPECT_NO_THROW(lock.verify());
  EXPECT_THAT(said, testing::ElementsAre(HasSubstr("has died")));
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path()), {}), 1) << "no graves";
}

TEST_F(LockTest, OfAnotherHostIsTakenAfterThreeSilentLooks) {
  write_lock("elsewhere", 4711);

  Lock lock = Lock::acquire(folder.path(), clock, telling);

  EXPECT_EQ(clock.waited, Seconds{75});
  EXPECT_NO_THROW(lock.verify());
  EXPECT_THAT(said.front(), HasSubstr("process 4711 on elsewhere"));
}

TEST_F(LockTest, OfAnotherHostThatCountsIsRefused) {
  write_lock("elsewhere", 4711);
  clock.meanwhile = [&] {
    if (clock.waits == 3) {
      std::string content = text();
      replace(content, "000000000007", "000000000008");
      write_lock(content);
    }
  };

  EXPECT_THAT(refusal(), HasSubstr("process 4711 on elsewhere, which is running (it counts in its lock)"));

  EXPECT_EQ(clock.waits, 3);
}

TEST_F(LockTest, OfAnotherHostIsTakenAtOnceWhenAskedTo) {
  write_lock("elsewhere", 4711);

  Lock lock = Lock::acquire(folder.path(), clock, {.take_over = true});

  EXPECT_EQ(clock.waits, 0);
  EXPECT_NO_THROW(lock.verify());
}

TEST_F(LockTest, OfAJobThatHasEndedIsTakenAtOnceThoughItsProcessLives) {
  AcquireOptions as_job;
  as_job.job = "41";
  Lock cut_off = Lock::acquire(folder.path(), clock, as_job);
  EXPECT_THAT(refusal({.ended_job = "40"}), HasSubstr("which is running")) << "another job has ended";
  telling.ended_job = "41";

  Lock lock = Lock::acquire(folder.path(), clock, telling);

  EXPECT_EQ(clock.waits, 0);
  EXPECT_THAT(said, testing::ElementsAre(HasSubstr("was job 41, which has ended")));
  EXPECT_NO_THROW(lock.verify());
  EXPECT_THROW(cut_off.verify(), StorageError);
}

TEST_F(LockTest, OfNoJobIsNotTakenForThatOfAJobThatIsNotKnown) {
  const Lock lock = Lock::acquire(folder.path(), clock);

  EXPECT_THAT(refusal({.ended_job = ""}), HasSubstr("which is running"));
}

TEST_F(LockTest, OfAnotherHostIsRefusedAtOnceWhenNotToWait) {
  write_lock("elsewhere", 4711);

  EXPECT_THAT(refusal({.wait = false}), HasSubstr("--take-over"));

  EXPECT_EQ(clock.waits, 0);
}

TEST_F(LockTest, OfAnotherBootIsNotBelievedDeadForItsPid) {
  write_lock(host_name(), dead_pid());
  std::string content = text();
  replace(content, "\"boot_id\":\"", "\"boot_id\":\"another");
  write_lock(content);

  const Lock lock = Lock::acquire(folder.path(), clock);

  EXPECT_EQ(clock.waits, 3) << "two machines may have one name";
}

TEST_F(LockTest, ThatCannotBeReadIsWatchedLikeAForeignOne) {
  write_lock("garbage");

  const Lock lock = Lock::acquire(folder.path(), clock);

  EXPECT_EQ(clock.waits, 3);
}

TEST_F(LockTest, GivenBackWhileWatchedIsTaken) {
  write_lock("elsewhere", 4711);
  clock.meanwhile = [&] { std::filesystem::remove(folder / "lock"); };

  Lock lock = Lock::acquire(folder.path(), clock);

  EXPECT_EQ(clock.waits, 1);
  EXPECT_NO_THROW(lock.verify());
}

TEST_F(LockTest, TakenByAnotherWhileWatchedIsNotStolen) {
  write_lock("elsewhere", 4711);
  std::optional<Lock> faster;
  clock.meanwhile = [&] {
    if (faster) return;
    std::filesystem::remove(folder / "lock");
    faster = Lock::acquire(folder.path(), clock_of_others);
  };

  EXPECT_THAT(refusal(), HasSubstr("which is running"));

  EXPECT_NO_THROW(faster->verify());
}

TEST_F(LockTest, CountsEveryTwentySeconds) {
  Lock lock = Lock::acquire(folder.path(), clock);
  const std::string before = text();

  lock.beat(lock.next_beat() - std::chrono::microseconds(1));
  const std::string early = text();
  lock.beat(lock.next_beat());

  EXPECT_EQ(early, before);
  EXPECT_EQ(read_lock(folder.path())->counter, 1U);
  EXPECT_EQ(text().size(), before.size());
  EXPECT_NO_THROW(lock.verify());
}

TEST_F(LockTest, ALateBeatFindsTheSuccessorsLockAndDoesNotTouchIt) {
  Lock late = Lock::acquire(folder.path(), clock);
  std::filesystem::remove(folder / "lock");
  Lock successor = Lock::acquire(folder.path(), clock);
  const std::string before = text();

  EXPECT_THROW(late.beat(late.next_beat()), StorageError);

  EXPECT_EQ(text(), before);
  EXPECT_NO_THROW(successor.verify());
  EXPECT_THROW(late.verify(), StorageError);
}

TEST_F(LockTest, ReleaseLeavesTheSuccessorsLock) {
  Lock late = Lock::acquire(folder.path(), clock);
  std::filesystem::remove(folder / "lock");
  Lock successor = Lock::acquire(folder.path(), clock);

  late.release();

  EXPECT_NO_THROW(successor.verify());
}

TEST_F(LockTest, ThatVanishedIsMadeAgainByItsOwner) {
  Lock lock = Lock::acquire(folder.path(), clock);
  std::filesystem::remove(folder / "lock");

  EXPECT_NO_THROW(lock.verify());

  EXPECT_THAT(refusal(), HasSubstr("which is running"));
  lock.beat(lock.next_beat());
  EXPECT_EQ(read_lock(folder.path())->counter, 1U);
}

TEST_F(LockTest, MovesWithItsObject) {
  Lock first = Lock::acquire(folder.path(), clock);

  Lock second = std::move(first);
  first.release();

  EXPECT_NO_THROW(second.verify());
  EXPECT_THROW(first.verify(), StorageError);
}

/// Many processes see one dead lock at the same time; each that gets it holds it until all have tried.
TEST_F(LockTest, OfManyTakersOfADeadLockOneWins) {
  for (int round = 0; round < 10; ++round) {
    write_lock(host_name(), dead_pid());
    int go[2] = {};
    int results[2] = {};
    ASSERT_EQ(::pipe(go) | ::pipe(results), 0);
    constexpr int takers = 12;
    std::vector<pid_t> children;
    for (int i = 0; i < takers; ++i) {
      children.push_back(::fork());
      if (children.back() != 0) continue;
      char byte = 0;
      ::close(go[1]);
      [[maybe_unused]] auto ready = ::read(go[0], &byte, 1);
      char result = 'n';
      try {
        Lock lock = Lock::acquire(folder.path(), clock);
        lock.verify();
        result = 'y';
        [[maybe_unused]] auto told = ::write(results[1], &result, 1);
        ::pause();
      } catch (const StorageError&) {
      }
      [[maybe_unused]] auto told = ::write(results[1], &result, 1);
      ::_exit(0);
    }
    ::close(go[0]);
    ::close(go[1]);

    std::string answers(takers, ' ');
    for (char& answer : answers) ASSERT_EQ(::read(results[0], &answer, 1), 1);

    EXPECT_EQ(std::ranges::count(answers, 'y'), 1) << answers;
    for (const pid_t child : children) {
      ::kill(child, SIGKILL);
      ::waitpid(child, nullptr, 0);
    }
    ::close(results[0]);
    ::close(results[1]);
  }
}

}  // namespace
}  // namespace stune
