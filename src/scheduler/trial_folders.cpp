#include "scheduler/trial_folders.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <set>

#include "base/file.hpp"
#include "base/removal.hpp"
#include "stune/error.hpp"
#include "trial/claim.hpp"

namespace stune {
namespace {

constexpr int folders_at_once = 20;   // renamed in a round; as below, bounds what a slow file system can cost it
constexpr int entries_at_once = 100;  // unlinked in a round

}  // namespace

TrialFolders::TrialFolders(const std::filesystem::path& folder, const Experiment& experiment)
    : folder_(folder), experiment_(experiment) {}

void TrialFolders::make(std::span<const Submission> submissions) {
  const Command& command = experiment_.definition().command;
  if (command.script.empty() && command.arguments.empty()) return;  // what a user's own runner does needs no files
  for (const Submission& submission : submissions) {
    for (const Job& job : submission.jobs) {
      if (keep_ && *keep_ != Keep::all) holders_.hold(submission.token);
      try {
        create_folders(folder_.trial(job.id.trial));
      } catch (const StorageError&) {
        continue;
      }
    }
  }
}

void TrialFolders::ended(int trial) {
  consider(trial);
  const int former = std::exchange(best_, experiment_.best_observed());
  if (keep_ == Keep::best && former >= 0 && former != best_) consider(former);  // not due while it was the best
}

void TrialFolders::consider(int trial) {
  if (keep_ && is_folder_due(experiment_, experiment_.trial(trial))) due_.push_back(trial);
}

bool TrialFolders::clean() {
  const Keep keep = parse_keep(experiment_.options().keep);
  if (std::exchange(keep_, keep) != keep) look_at_all();
  for (int i = 0; i < folders_at_once && !due_.empty(); ++i) {
    set_aside(due_.front());
    due_.pop_front();
  }
  int left = entries_at_once;
  if (removing_) {
    const Removal removal = remove_some(folder_.removed(), left);
    complain(removal.failure);
    removing_ = removal.more;
    left -= removal.removed;
  }
  while (left > 0 && !due_submissions_.empty()) {
    const Removal removal = remove_some(folder_.submission(due_submissions_.front()), left);
    complain(removal.failure);
    if (!removal.more) due_submissions_.pop_front();
    left -= removal.removed;
  }
  return removing_ || !due_.empty() || !due_submissions_.empty();
}

/// What an earlier process left to be done, and who needs which submission's folder: O(trials), when a run begins and
/// when --keep was changed.
void TrialFolders::look_at_all() {
  best_ = experiment_.best_observed();
  due_.clear();
  due_submissions_.clear();
  holders_ = {};
  if (keep_ == Keep::all) return;
  const std::vector<int> present = numbered_folders(folder_.trials());
  std::set<int> needed;
  std::set<int> left_over;
  for (const Trial& trial : experiment_.trials()) {
    const bool due = is_folder_due(experiment_, trial);
    const bool is_there = std::ranges::binary_search(present, trial.index);
    if (due && is_there) due_.push_back(trial.index);
    for (const Attempt& attempt : trial.attempts) {
      const bool holds = !due || is_there;
      if (holds) holders_.hold(attempt.token);
      if (const auto number = submission_of(attempt)) (holds ? needed : left_over).insert(*number);
    }
  }
  if (left_over.empty()) return;
  for (const int number : numbered_folders(folder_.submissions())) {
    if (left_over.contains(number) && !needed.contains(number)) due_submissions_.push_back(number);
  }
}

/// Out of every start's sight at once; what is in it is removed later, by this process or another one.
void TrialFolders::set_aside(int index) {
  const Trial& trial = experiment_.trial(index);
  if (!is_folder_due(experiment_, trial) || may_be_written_to(trial)) return;
  const std::filesystem::path from = folder_.trial(index);
  try {
    create_folder(folder_.removed());
  } catch (const StorageError& error) {
    return complain(error.what());
  }
  removing_ = true;
  if (std::rename(from.c_str(), (folder_.removed() / from.filename()).c_str()) != 0) {
    if (errno == ENOENT) return;  // it is gone, or there never was one
    return complain("cannot remove " + from.string() + ": " + std::strerror(errno));
  }
  for (const Attempt& attempt : trial.attempts) {
    const auto number = submission_of(attempt);
    if (holders_.release(attempt.token) && number) due_submissions_.push_back(*number);
  }
}

/// Such a folder stays until a later run finds the exit record.
bool TrialFolders::may_be_written_to(const Trial& trial) const {
  for (std::size_t i = 0; i < trial.attempts.size(); ++i) {
    if (is_seen_to_end(trial.attempts[i])) continue;
    try {
      if (may_still_run(folder_.attempt({trial.index, static_cast<int>(i)}))) return true;
    } catch (const StorageError&) {
      return true;
    }
  }
  return false;
}

void TrialFolders::complain(const std::string& failure) {
  if (failure.empty() || std::exchange(complained_, true)) return;
  complaint_ = failure + "; the next run tries again";
}

}  // namespace stune
