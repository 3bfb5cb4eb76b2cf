#include "client/delivery.hpp"

#include "storage/lock.hpp"
#include "stune/error.hpp"

namespace stune {
namespace {

namespace fs = std::filesystem;

constexpr Seconds between_looks{0.1};
constexpr Seconds before_a_word{3.0};
constexpr Seconds longest_wait{150.0};

bool is_owned(const fs::path& folder) {
  const auto holder = read_lock(folder);
  return holder && examine(*holder) != HolderState::dead;
}

[[noreturn]] void give_up(const View& seen, const fs::path& folder, bool silent) {
  const std::string name = folder.filename().string();
  if (!silent) throw StorageError(seen.owner + " runs " + name + " and takes no requests; nothing was changed");
  const std::string what = seen.owner + " holds " + name + " and has shown no life for 75 s; nothing was changed. ";
  throw StorageError(what + (seen.owner_is_elsewhere
                                 ? "If you know that it has ended, repeat this with --take-over, or go on with: stune "
                                   "resume " +
                                       name + " --take-over"
                                 : "It is there, but stopped, or a program of your own between two calls: end it, or "
                                   "let it go on"));
}

}  // namespace

Delivery deliver(const fs::path& folder, const View& seen, const Request& request, const Reach& reach) {
  if (seen.owner.empty() || (seen.owner_is_elsewhere && reach.take_over)) return {};
  SystemClock system_clock;
  Clock& clock = reach.clock != nullptr ? *reach.clock : system_clock;
  const TimePoint began = clock.now();
  LockWatch watch(folder, began);
  const std::string id = write_request(folder, request, began);
  bool said = false;
  while (state_of_request(folder, id) == RequestState::waiting) {
    const TimePoint now = clock.now();
    watch.look(now);
    const bool over = watch.is_silent() || now >= later(began, longest_wait);
    // Who withdraws it in vain was too late: it has been taken.
    if (!is_owned(folder) && remove_request(folder, id)) return {false, id};
    if (over && remove_request(folder, id)) give_up(seen, folder, watch.is_silent());
    if (!said && now >= later(began, before_a_word)) {
      reach.say("waiting for " + seen.owner + ", for 75 s if it shows no life");
      said = true;
    }
    clock.wait({}, later(now, between_looks));
  }
  if (state_of_request(folder, id) == RequestState::unreadable) {
    throw StorageError(seen.owner + " cannot read this request: it is another version of stune; nothing was changed");
  }
  return {true, id};
}

}  // namespace stune
