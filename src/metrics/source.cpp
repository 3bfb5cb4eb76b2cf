#include "metrics/source.hpp"

#include "base/text.hpp"
#include "stune/error.hpp"
#include "trial/task.hpp"

namespace stune::metrics {
namespace {

/// The values of an object; empty where it is missing and need not be there.
std::variant<std::vector<double>, h5::Failure> take(std::variant<h5::Numbers, h5::Failure>& answer, bool required) {
  if (auto* numbers = std::get_if<h5::Numbers>(&answer)) return std::move(numbers->values);
  const auto& failure = std::get<h5::Failure>(answer);
  if (failure.problem == h5::Problem::no_object && !required) return std::vector<double>();
  return failure;
}

h5::Failure with_names(h5::Failure failure, const std::vector<std::string>& names) {
  if (failure.problem == h5::Problem::no_object) {
    failure.detail += names.empty() ? "; it is empty" : "; it holds " + join(names);
  }
  return failure;
}

}  // namespace

std::string fault_of(const Hdf5Source& source) {
  const std::string& reduce = source.reduce;
  if (reduce != "last" && reduce != "min" && reduce != "max" && reduce != "mean") {
    return "reduce is '" + reduce + "'" + did_you_mean(reduce, {"last", "min", "max", "mean"});
  }
  std::string filled;
  try {
    filled = fill_placeholders(source.file, {}, {});
  } catch (const ConfigError&) {
    return "only {trial} and {attempt} can stand in the file's name '" + source.file + "'";
  }
  if (std::filesystem::path(source.file).is_absolute() && source.file.find("{trial}") == std::string::npos) {
    return "trials would share the file " + source.file +
           ": put {trial} into its name, or let each trial write below $STUNE_TRIAL_DIR and name it without a folder";
  }
  return {};
}

std::variant<std::vector<Observation>, h5::Failure> read(h5::Reader& reader, const std::filesystem::path& path,
                                                         const std::string& metric, const Hdf5Source& source) {
  const std::string object = source.dataset.empty() ? metric : source.dataset;
  const std::string sem = source.sem.empty() ? object + ".sem" : source.sem;
  h5::Answer answer = reader.read(path, {object, sem, object + ".step", object + ".time"});
  if (answer.failure) return *answer.failure;
  if (const auto* failure = std::get_if<h5::Failure>(&answer.objects[0])) return with_names(*failure, answer.names);
  Series series{std::move(std::get<h5::Numbers>(answer.objects[0])), {}, {}, {}};
  auto sems = take(answer.objects[1], !source.sem.empty());
  if (const auto* failure = std::get_if<h5::Failure>(&sems)) return with_names(*failure, answer.names);
  series.sems = std::move(std::get<std::vector<double>>(sems));
  const bool own = source.file.empty();
  if (own && !series.values.is_scalar) {
    auto steps = take(answer.objects[2], false);
    if (const auto* failure = std::get_if<h5::Failure>(&steps)) return *failure;
    series.steps = std::move(std::get<std::vector<double>>(steps));
    auto times = take(answer.objects[3], false);
    if (const auto* failure = std::get_if<h5::Failure>(&times)) return *failure;
    series.times = std::move(std::get<std::vector<double>>(times));
  }
  Read result = own ? to_observations(metric, series, source.reduce) : reduce_to_final(metric, series, source.reduce);
  if (const auto* mismatch = std::get_if<Mismatch>(&result)) return h5::Failure{h5::Problem::wrong_type, mismatch->why};
  return std::move(std::get<std::vector<Observation>>(result));
}

}  // namespace stune::metrics
