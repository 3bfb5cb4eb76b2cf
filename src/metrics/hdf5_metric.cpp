#include "stune/hdf5_metric.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/text.hpp"
#include "h5/reader.hpp"
#include "metrics/source.hpp"
#include "stune/error.hpp"
#include "stune/runner.hpp"
#include "trial/claim.hpp"
#include "trial/exit_record.hpp"
#include "trial/folder.hpp"
#include "trial/records.hpp"
#include "trial/task.hpp"

namespace stune {
namespace {

/// A network file system that remembers a file as missing, for a minute perhaps, looks again once its folder was read.
void list_folder(const std::filesystem::path& path) {
  std::error_code error;
  std::filesystem::directory_iterator entry(path, error);
  while (!error && entry != std::filesystem::directory_iterator()) entry.increment(error);
}

namespace fs = std::filesystem;

std::optional<int> number_of(const Metadata& metadata, const char* key) {
  const auto found = metadata.find(key);
  if (found == metadata.end()) return std::nullopt;
  const auto number = parse_integer(found->second);
  if (!number || *number < 0 || *number > std::numeric_limits<int>::max()) return std::nullopt;
  return static_cast<int>(*number);
}

std::vector<Observation> only(const std::string& metric, const std::vector<Observation>& all) {
  std::vector<Observation> result;
  std::copy_if(all.begin(), all.end(), std::back_inserter(result),
               [&](const Observation& observation) { return observation.metric == metric; });
  return result;
}

std::string names_in(const std::vector<Observation>& all) {
  std::vector<std::string> names;
  for (const Observation& observation : all) names.push_back(observation.metric);
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names.empty() ? "nothing" : join(names);
}

bool older(const fs::path& file, const fs::path& than) {
  struct stat a {};
  struct stat b {};
  if (::stat(file.c_str(), &a) != 0 || ::stat(than.c_str(), &b) != 0) return false;
  return a.st_mtim.tv_sec != b.st_mtim.tv_sec ? a.st_mtim.tv_sec < b.st_mtim.tv_sec
                                              : a.st_mtim.tv_nsec < b.st_mtim.tv_nsec;
}

/// One look at one attempt.
class Look {
 public:
  Look(h5::Reader& reader, std::string metric, const Hdf5Source& source, AttemptFolder folder, int start, fs::path file)
      : reader_(reader),
        metric_(std::move(metric)),
        source_(source),
        folder_(std::move(folder)),
        start_(start),
        file_(std::move(file)),
        name_(file_.filename().string()) {}

  /// Its exit record is here: what it sealed is all that there will ever be.
  Fetched ended(const ExitRecord& record) const {
    const std::vector<Observation> reported = only(metric_, record.observations);
    const auto seal = std::find_if(record.seals.begin(), record.seals.end(),
                                   [&](const FileSeal& candidate) { return is_ours(candidate.file); });
    if (seal == record.seals.end()) {
      return reported.empty() ? missing(record) : metrics::thin(metrics::merge({}, reported));
    }
    auto seen = make_seal(file_);
    if (!seen) {
      list_folder(file_.parent_path());
      seen = make_seal(file_);
    }
    if (!seen) return NotYet{name_ + " is not visible here yet"};
    if (seen->size != seal->size || seen->crc != seal->crc) {
      return NotYet{name_ + " is not visible here yet as it was when the trial ended (" + std::to_string(seal->size) +
                    " bytes there, " + std::to_string(seen->size) + " here)"};
    }
    auto answer = metrics::read(reader_, file_, metric_, source_);
    if (auto* found = std::get_if<std::vector<Observation>>(&answer)) {
      return metrics::thin(metrics::merge(std::move(*found), reported));
    }
    const auto& failure = std::get<h5::Failure>(answer);
    if (failure.problem == h5::Problem::locked) return NotYet{name_ + " is " + failure.detail};
    if (!reported.empty()) return metrics::thin(metrics::merge({}, reported));
    const std::string also = record.observations.empty() ? "" : "; stune metric gave " + names_in(record.observations);
    return Unusable{"the trial ended without reporting " + metric_ + ": " + name_ + ": " + failure.detail + also};
  }

  /// No exit record yet: a progression may be partial, and a final value is not believed.
  Fetched running() const {
    std::vector<Observation> found;
    std::string why = "the trial still runs, or its exit record is not visible here yet";
    if (source_.file.empty() || !older(file_, folder_.claim(start_))) {
      auto answer = metrics::read(reader_, file_, metric_, source_);
      if (auto* observations = std::get_if<std::vector<Observation>>(&answer)) found = std::move(*observations);
      const auto* failure = std::get_if<h5::Failure>(&answer);
      if (failure != nullptr && failure->problem != h5::Problem::no_file) why += "; " + name_ + ": " + failure->detail;
    }
    found = metrics::merge(std::move(found), only(metric_, read_records(folder_, start_)));
    std::erase_if(found, [](const Observation& o) { return o.step == final_step || !std::isfinite(o.mean); });
    found = metrics::thin(std::move(found));
    if (found.empty()) return NotYet{why};
    return found;
  }

  /// Nobody claimed it: the runner has a way of its own to run trials, and calls fetch when they have ended.
  Fetched without_node_program() const {
    auto answer = metrics::read(reader_, file_, metric_, source_);
    if (auto* found = std::get_if<std::vector<Observation>>(&answer)) return metrics::thin(std::move(*found));
    const auto& failure = std::get<h5::Failure>(answer);
    const std::string why = file_.string() + ": " + failure.detail;
    if (h5::may_pass(failure.problem)) return NotYet{why};
    return Unusable{why};
  }

 private:
  /// The node program may know the folder by another name.
  bool is_ours(const fs::path& sealed) const {
    if (source_.file.empty()) return sealed.filename() == file_.filename();
    std::error_code ignored;
    return sealed == file_ || fs::equivalent(sealed, file_, ignored);
  }

  Fetched missing(const ExitRecord& record) const {
    std::error_code ignored;
    const std::string without = "the trial ended without reporting " + metric_;
    if (source_.file.empty()) return Unusable{without + "; it reported: " + names_in(record.observations)};
    if (fs::exists(file_, ignored)) {
      return Unusable{without + ": it did not write " + file_.string() + ", which is older than the attempt"};
    }
    return Unusable{without + ": it did not write " + file_.string()};
  }

  h5::Reader& reader_;
  std::string metric_;
  const Hdf5Source& source_;
  AttemptFolder folder_;
  int start_;
  fs::path file_;
  std::string name_;
};

}  // namespace

struct Hdf5Metric::Impl {
  fs::path file_of(const ExperimentFolder& experiment, const AttemptFolder& attempt, AttemptId id, int start) const {
    if (source.file.empty()) return attempt.metrics(start);
    const fs::path filled = fill_placeholders(source.file, id, {});
    return filled.is_absolute() ? filled : experiment.trial(id.trial) / filled;
  }

  Fetched fetch(int trial, const Metadata& metadata) {
    const ExperimentFolder experiment(folder);
    const AttemptId id{trial, number_of(metadata, attempt_key).value_or(0)};
    const AttemptFolder attempt = experiment.attempt(id);
    std::optional<int> start = number_of(metadata, start_key);
    if (!start) {
      if (const auto last = last_start(attempt)) start = last->start;
    }
    const auto record = read_exit_record(attempt.exit_record(start.value_or(0)));
    const Look look(reader, name, source, attempt, start.value_or(0),
                    file_of(experiment, attempt, id, start.value_or(0)));
    if (record) return look.ended(*record);
    return start ? look.running() : look.without_node_program();
  }

  std::string name;
  Hdf5Source source;
  fs::path folder;
  h5::Reader reader;
};

Hdf5Metric::Hdf5Metric(std::string name, Hdf5Source source) : impl_(std::make_unique<Impl>()) {
  if (name.empty()) throw ConfigError("a metric needs a name");
  if (const std::string why = metrics::fault_of(source); !why.empty()) {
    throw ConfigError("metric '" + name + "': " + why);
  }
  impl_->name = std::move(name);
  impl_->source = std::move(source);
}
Hdf5Metric::~Hdf5Metric() = default;

void Hdf5Metric::open(const Workplace& workplace) {
  impl_->folder = workplace.folder;
  impl_->reader.start();
}
std::string Hdf5Metric::name() const { return impl_->name; }
const Hdf5Source& Hdf5Metric::source() const { return impl_->source; }

Fetched Hdf5Metric::fetch(int trial_index, const Metadata& metadata) {
  try {
    return impl_->fetch(trial_index, metadata);
  } catch (const StorageError& e) {
    return NotYet{e.what()};  // the folder cannot be read now
  }
}

}  // namespace stune
