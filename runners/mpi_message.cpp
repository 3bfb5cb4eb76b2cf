#include "runners/mpi_message.hpp"

#include <cstring>
#include <stdexcept>
#include <type_traits>
#include <utility>

namespace stune::mpi {
namespace {

/// A number, or an enumeration, or a duration: what is its own bytes.
template <class T>
concept Plain =
    std::is_arithmetic_v<T> || std::is_enum_v<T> || std::is_same_v<T, Seconds> || std::is_same_v<T, TimePoint>;

/// Both directions visit the same members in the same order: see fields() below.
class Packer {
 public:
  template <class... T>
  void operator()(const T&... items) {
    (put(items), ...);
  }
  std::string bytes;

 private:
  template <Plain T>
  void put(const T& item) {
    bytes.append(reinterpret_cast<const char*>(&item), sizeof item);
  }
  void put(const std::string& text) {
    put(static_cast<std::uint64_t>(text.size()));
    bytes += text;
  }
  void put(const std::filesystem::path& path) { put(path.string()); }
  template <class T>
  void put(const std::vector<T>& list) {
    put(static_cast<std::uint64_t>(list.size()));
    for (const T& item : list) put(item);
  }
  template <class T>
  void put(const std::optional<T>& item) {
    put(item.has_value());
    if (item) put(*item);
  }
  void put(const std::map<std::string, std::string>& map) {
    put(static_cast<std::uint64_t>(map.size()));
    for (const auto& [name, value] : map) put(name), put(value);
  }
  void put(const Value& value) {
    put(static_cast<std::uint8_t>(value.index()));
    std::visit([this](const auto& held) { put(held); }, value);
  }
  void put(const Parameterization& parameters) {
    put(static_cast<std::uint64_t>(parameters.size()));
    for (std::size_t i = 0; i < parameters.size(); ++i) put(parameters.name(i)), put(parameters.value(i));
  }
  template <class T>
  requires(std::is_class_v<T> && !Plain<T>) void put(const T& record) { fields(*this, record); }
};

class Unpacker {
 public:
  explicit Unpacker(std::string_view bytes) : rest_(bytes) {}
  template <class... T>
  void operator()(T&... items) {
    (get(items), ...);
  }
  void expect_end() const {
    if (!rest_.empty()) throw std::invalid_argument("a message is too long");
  }

 private:
  std::string_view take(std::uint64_t count) {
    if (count > rest_.size()) throw std::invalid_argument("a message is cut short");
    const std::string_view taken = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return taken;
  }
  template <class T>
  T get() {
    T item{};
    get(item);
    return item;
  }
  template <Plain T>
  void get(T& item) {
    std::memcpy(static_cast<void*>(&item), take(sizeof item).data(), sizeof item);
  }
  void get(std::string& text) { text = take(get<std::uint64_t>()); }
  void get(std::filesystem::path& path) { path = get<std::string>(); }
  template <class T>
  void get(std::vector<T>& list) {
    for (auto count = get<std::uint64_t>(); count > 0; --count) list.push_back(get<T>());
  }
  template <class T>
  void get(std::optional<T>& item) {
    if (get<bool>()) item = get<T>();
  }
  void get(std::map<std::string, std::string>& map) {
    for (auto count = get<std::uint64_t>(); count > 0; --count) {
      std::string name = get<std::string>();
      map[std::move(name)] = get<std::string>();
    }
  }
  void get(Value& value) {
    switch (get<std::uint8_t>()) {
      case 0:
        value = get<bool>();
        return;
      case 1:
        value = get<std::int64_t>();
        return;
      case 2:
        value = get<double>();
        return;
      case 3:
        value = get<std::string>();
        return;
      default:
        throw std::invalid_argument("a message holds a value of an unknown kind");
    }
  }
  void get(Parameterization& parameters) {
    std::vector<std::string> names;
    std::vector<Value> values;
    for (auto count = get<std::uint64_t>(); count > 0; --count) {
      names.push_back(get<std::string>());
      values.push_back(get<Value>());
    }
    parameters = {std::make_shared<const std::vector<std::string>>(std::move(names)), std::move(values)};
  }
  template <class T>
  requires(std::is_class_v<T> && !Plain<T>) void get(T& record) { fields(*this, record); }

  std::string_view rest_;
};

template <class T, class U>
concept Is = std::is_same_v<std::remove_const_t<T>, U>;

template <class A>
void fields(A& archive, Is<AttemptId> auto& r) {
  archive(r.trial, r.attempt);
}
template <class A>
void fields(A& archive, Is<Observation> auto& r) {
  archive(r.metric, r.step, r.mean, r.sem, r.at);
}
template <class A>
void fields(A& archive, Is<Ending> auto& r) {
  archive(r.cause, r.exit_code, r.signal, r.detail, r.host, r.started, r.ended, r.cpu_seconds, r.peak_memory, r.nodes);
}
template <class A>
void fields(A& archive, Is<Job> auto& r) {
  archive(r.id, r.parameters, r.more_time, r.avoid_hosts, r.metadata, r.more_memory);
}
template <class A>
void fields(A& archive, Is<JobReport> auto& r) {
  archive(r.id, r.state, r.ending, r.metadata, r.observations, r.detail);
}
template <class A>
void fields(A& archive, Is<Command> auto& r) {
  archive(r.script, r.arguments);
}
template <class A>
void fields(A& archive, Is<Workplace> auto& r) {
  archive(r.folder, r.working_directory, r.experiment_id, r.experiment_name, r.command, r.environment, r.metric_files,
          r.trial_time_limit);
}
template <class A>
void fields(A& archive, Is<MpiOptions> auto& r) {
  archive(r.ranks_per_trial, r.cpus_per_trial, r.gpus_per_trial, r.inherit_environment, r.short_trial,
          r.worker_patience, r.function_patience, r.stop_grace);
}
template <class A>
void fields(A& archive, Is<ProcessIdentity> auto& r) {
  archive(r.pid, r.start_ticks, r.boot_id);
}
template <class A>
void fields(A& archive, Is<Introduction> auto& r) {
  archive(r.host, r.node, r.cpus, r.gpus, r.process);
}
template <class A>
void fields(A& archive, Is<Open> auto& r) {
  archive(r.workplace, r.options);
}
template <class A>
void fields(A& archive, Is<Assign> auto& r) {
  archive(r.token, r.job);
}
template <class A>
void fields(A& archive, Is<Adopt> auto& r) {
  archive(r.token, r.job);
}
template <class A>
void fields(A& archive, Is<Stop> auto& r) {
  archive(r.id);
}
template <class A>
void fields(A& archive, Is<Recall> auto& r) {
  archive(r.id);
}
template <class A>
void fields(A&, Is<Ping> auto&) {}
template <class A>
void fields(A&, Is<Quit> auto&) {}
template <class A>
void fields(A& archive, Is<Leave> auto& r) {
  archive(r.somebody_died);
}
template <class A>
void fields(A& archive, Is<Hello> auto& r) {
  archive(r.folder, r.in_process, r.trouble);
}
template <class A>
void fields(A& archive, Is<Report> auto& r) {
  archive(r.report);
}
template <class A>
void fields(A& archive, Is<Recalled> auto& r) {
  archive(r.id);
}
template <class A>
void fields(A& archive, Is<Beat> auto& r) {
  archive(r.winding_down);
}
template <class A>
void fields(A&, Is<Bye> auto&) {}
template <class A>
void fields(A& archive, Is<Died> auto& r) {
  archive(r.rank);
}
template <class A>
void fields(A& archive, Is<Evaluate> auto& r) {
  archive(r.job);
}
template <class A>
void fields(A& archive, Is<Evaluated> auto& r) {
  archive(r.id, r.error);
}

template <std::size_t... I>
Message blank(std::size_t kind, std::index_sequence<I...>) {
  Message message;
  ((kind == I ? static_cast<void>(message.emplace<I>()) : static_cast<void>(0)), ...);
  return message;
}

}  // namespace

std::string encode(const Message& message) {
  Packer packer;
  packer(static_cast<std::uint8_t>(message.index()));
  std::visit([&](const auto& record) { packer(record); }, message);
  return std::move(packer.bytes);
}

Message decode(std::string_view bytes) {
  Unpacker unpacker(bytes);
  std::uint8_t kind = 0;
  unpacker(kind);
  if (kind >= std::variant_size_v<Message>) throw std::invalid_argument("a message is of an unknown kind");
  Message message = blank(kind, std::make_index_sequence<std::variant_size_v<Message>>());
  std::visit([&](auto& record) { unpacker(record); }, message);
  unpacker.expect_end();
  return message;
}

}  // namespace stune::mpi
