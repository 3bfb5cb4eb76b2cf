#include "runners/mpi_worker.hpp"

#include <dlfcn.h>
#include <poll.h>
#include <stdlib.h>

#include <algorithm>
#include <atomic>
#include <utility>

#include "base/processors.hpp"
#include "stune/error.hpp"
#include "stune/local_runner.hpp"

namespace stune::mpi {
namespace {

constexpr std::chrono::seconds beat_interval{2};
constexpr std::chrono::minutes coordinator_patience{10};  // it may be busy with a slow disk

std::atomic<bool> wind_down_asked{false};

/// What cannot be opened must never be polled.
std::unique_ptr<Runner> opened(const LocalOptions& options, const Workplace& workplace) {
  auto runner = std::make_unique<LocalRunner>(options);
  runner->open(workplace);
  return runner;
}

}  // namespace

Worker::Worker(MpiWorld::Channel& channel, const MpiFunction& function)
    : channel_(channel), function_(function), mates_(channel, channel.rank()), before_(current_environment()) {
  const Peer& first = channel_.peer(0);
  if (first.is_beside(channel_.peer(channel_.rank()))) coordinator_ = Descriptor(open_pidfd(first.process.pid));
  team_.channel = &channel_;
  team_.first = channel_.rank();
  team_.attend = [this] { attend(); };
  heard_ = active_ = clock_.now();
}

void Worker::wind_down() noexcept { wind_down_asked = true; }

Worker::Parting Worker::run() {
  while (true) {
    if (attend()) active_ = clock_.now();
    if (const auto order = std::exchange(postponed_, std::nullopt)) open(*order);
    start_next();
    notice_end();
    if ((quitting_ || orphaned_) && running_.empty()) break;
    wait(clock_.now());
  }
  if (!orphaned_) channel_.send(0, Bye{});
  while (!leave_ && !orphaned_) {
    attend();
    notice_end();
    wait(clock_.now());
  }
  if (orphaned_) return Parting::orphaned;
  return leave_->somebody_died ? Parting::somebody_died : Parting::all_well;
}

bool Worker::attend() {
  bool any = false;
  while (auto letter = channel_.receive()) {
    if (letter->from == 0) heard_ = clock_.now();
    handle(*letter);
    any = true;
  }
  for (const int rank : mates_.deaths()) {
    channel_.give_up(rank);
    channel_.send(0, Died{rank});
    any = true;
  }
  any = tell_news() || any;
  beat(clock_.now());
  channel_.all_sent();
  return any;
}

void Worker::handle(const Letter& letter) {
  if (const auto* order = std::get_if<Open>(&letter.message)) {
    if (function_runner_ && function_runner_->busy()) {
      postponed_ = *order;
    } else {
      open(*order);
    }
  } else if (const auto* assigned = std::get_if<Assign>(&letter.message)) {
    queue_.push_back(*assigned);
  } else if (const auto* adopted = std::get_if<Adopt>(&letter.message)) {
    if (finder_) finder_->adopt({{adopted->token, {adopted->job}}});
  } else if (const auto* stopped = std::get_if<Stop>(&letter.message)) {
    stop(stopped->id);
  } else if (const auto* recalled = std::get_if<Recall>(&letter.message)) {
    recall(recalled->id);
  } else if (const auto* part = std::get_if<Evaluate>(&letter.message)) {
    to_assist_.push_back(part->job);
  } else if (const auto* done = std::get_if<Evaluated>(&letter.message)) {
    if (function_runner_) function_runner_->assisted(*done);
  } else if (std::holds_alternative<Quit>(letter.message)) {
    quitting_ = true;
    queue_.clear();
  } else if (const auto* leave = std::get_if<Leave>(&letter.message)) {
    leave_ = *leave;
  }
}

/// An earlier runner of rank 0 is gone: so is all that it wanted. What it started goes on and can be adopted.
void Worker::open(const Open& order) {
  queue_.clear();
  running_.clear();
  function_runner_ = nullptr;
  runner_.reset();
  finder_.reset();
  const int together = std::max(1, order.options.ranks_per_trial);
  const int workers = channel_.size() - 1;
  const int place = channel_.rank() - 1;
  team_.count = together;
  team_.first = 1 + place / together * together;
  if (team_.first - 1 + together > workers) return;  // left over: no whole team
  folder_ = order.workplace.folder.string();
  Hello hello{folder_, static_cast<bool>(function_), {}};
  try {
    make_runner(order);
  } catch (const Error& e) {
    hello.trouble = e.what();
  }
  if (leads() || !hello.trouble.empty()) channel_.send(0, hello);
}

void Worker::make_runner(const Open& order) {
  const auto peers = channel_.workers();
  const auto first = static_cast<std::size_t>(team_.first - 1);
  const auto together = static_cast<std::size_t>(team_.count);
  // A command is started by the rank that leads, for all; a function is called on each.
  const bool for_all = leads() && !function_;
  const Share share =
      share_of(peers, for_all ? first : static_cast<std::size_t>(channel_.rank() - 1), for_all ? together : 1,
               {.cpus_per_trial = order.options.cpus_per_trial, .gpus_per_trial = order.options.gpus_per_trial});
  keep_to(share);
  if (function_) {
    const std::pair team(team_.first, team_.count);
    if (!communicators_.contains(team)) communicators_[team] = channel_.unite(team_.first, team_.count);
    team_.communicator = communicators_[team];
    auto runner = std::make_unique<FunctionRunner>(function_, team_);
    function_runner_ = runner.get();
    runner_ = std::move(runner);
    return;
  }
  if (!leads()) return;
  Workplace workplace = order.workplace;
  workplace.clock = &clock_;
  workplace.environment =
      trial_environment(workplace.environment, current_environment(), order.options.inherit_environment);
  if (team_.count > 1) workplace.environment.merge(rank_environment(peers, first, together, channel_.is_mpich()));
  LocalOptions options{.die_with_us = true, .stop_grace = order.options.stop_grace, .environment_as_given = true};
  auto finder = opened(options, workplace);
  options.cpus_per_trial = static_cast<int>(share.cpus.size());
  options.gpus_per_trial = static_cast<int>(share.gpus.size());
  runner_ = opened(options, workplace);
  finder_ = std::move(finder);
}

/// OpenMP libraries that are loaded have read OMP_NUM_THREADS already, and are told; others will read it.
void Worker::keep_to(const Share& share) {
  bind_to(share.cpus);
  const std::vector<int> threads = function_ ? share.cpus : std::vector<int>{};  // commands are told when they start
  for (const auto& [name, value] : share_environment({threads, share.gpus}, before_)) {
    ::setenv(name.c_str(), value.c_str(), 1);
  }
  if (threads.empty() || before_.contains("OMP_NUM_THREADS")) return;
  void* const set_threads = ::dlsym(RTLD_DEFAULT, "omp_set_num_threads");
  if (set_threads) reinterpret_cast<void (*)(int)>(set_threads)(static_cast<int>(threads.size()));
}

void Worker::stop(AttemptId id) {
  const auto waiting = std::ranges::find(queue_, id, [](const Assign& a) { return a.job.id; });
  if (waiting != queue_.end()) {
    // Never started: whoever looks for it fences it and says so.
    Runner& fencing = finder_ ? *finder_ : *runner_;
    fencing.adopt({{waiting->token, {waiting->job}}});
    queue_.erase(waiting);
    return;
  }
  if (runner_) runner_->stop({&id, 1});
  if (finder_) finder_->stop({&id, 1});
}

void Worker::recall(AttemptId id) {
  const auto waiting = std::ranges::find(queue_, id, [](const Assign& a) { return a.job.id; });
  if (waiting == queue_.end()) return;
  queue_.erase(waiting);
  channel_.send(0, Recalled{id});
}

void Worker::start_next() {
  if (wind_down_asked && !winding_down_) {
    winding_down_ = true;
    next_beat_ = {};
    for (const Assign& waiting : std::exchange(queue_, {})) {
      channel_.send(0, Recalled{waiting.job.id});
    }
  }
  while (!to_assist_.empty() && function_runner_) {
    const Job job = to_assist_.front();
    to_assist_.erase(to_assist_.begin());
    function_runner_->assist(job);
  }
  if (!running_.empty() || queue_.empty() || winding_down_ || quitting_ || !runner_) return;
  Assign next = std::move(queue_.front());
  queue_.pop_front();
  running_.insert(next.job.id);
  try {
    runner_->submit({{std::move(next.token), {std::move(next.job)}}});
  } catch (const RunnerError& e) {
    channel_.send(0, Hello{folder_, static_cast<bool>(function_), e.what()});
    running_.clear();
  }
  if (attend()) active_ = clock_.now();
}

bool Worker::tell_news() {
  bool any = false;
  for (Runner* runner : {runner_.get(), finder_.get()}) {
    if (runner == nullptr) continue;
    for (const JobReport& report : runner->poll(clock_.now())) {
      tell(report);
      any = true;
    }
  }
  return any;
}

void Worker::tell(const JobReport& report) {
  if (report.state != JobState::running && report.state != JobState::pending) running_.erase(report.id);
  channel_.send(0, Report{report});
}

void Worker::beat(TimePoint now) {
  if (now < next_beat_) return;
  next_beat_ = now + beat_interval;
  channel_.send(0, Beat{winding_down_});
}

void Worker::notice_end() {
  if (orphaned_) return;
  pollfd dead{coordinator_.get(), POLLIN, 0};
  orphaned_ = coordinator_ ? ::poll(&dead, 1, 0) > 0 : clock_.now() - heard_ > coordinator_patience;
  if (!orphaned_) return;
  queue_.clear();
  coordinator_.reset();
}

void Worker::wait(TimePoint now) {
  TimePoint deadline = std::min(now + pause_after(now - active_), next_beat_);
  std::vector<int> descriptors = {coordinator_.get(), mates_.fd()};
  for (Runner* runner : {runner_.get(), finder_.get()}) {
    if (runner == nullptr) continue;
    descriptors.push_back(runner->wake_fd());
    deadline = std::min(deadline, runner->next_poll());
  }
  clock_.wait(descriptors, deadline);
}

}  // namespace stune::mpi
