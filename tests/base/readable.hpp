/// \file Whether a descriptor has something to say.
#pragma once

#include <poll.h>

namespace stune {

/// Waits at most `timeout` milliseconds for it.
inline bool is_readable(int fd, int timeout = 0) {
  pollfd watched{fd, POLLIN, 0};
  return ::poll(&watched, 1, timeout) == 1;
}

}  // namespace stune
