/// \file A descriptor that one thread or signal handler makes readable to wake another.
#pragma once

namespace stune {

/// eventfd(2). notify() is safe in signal handlers and from any thread.
class Wakeup {
 public:
  Wakeup();
  ~Wakeup();
  Wakeup(const Wakeup&) = delete;
  Wakeup& operator=(const Wakeup&) = delete;

  int fd() const { return fd_; }
  void notify() const noexcept;
  /// Unreadable again until the next notify(). Never blocks. True if there was a notification.
  bool drain() const noexcept;

 private:
  int fd_;
};

}  // namespace stune
