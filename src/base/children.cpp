#include "base/children.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>

#include "base/file.hpp"
#include "stune/error.hpp"

namespace stune {
namespace {

/// The two C objects of posix_spawn, destroyed together.
class SpawnPlan {
 public:
  SpawnPlan() {
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawnattr_init(&attributes);
  }
  ~SpawnPlan() {
    ::posix_spawn_file_actions_destroy(&actions);
    ::posix_spawnattr_destroy(&attributes);
  }
  SpawnPlan(const SpawnPlan&) = delete;
  SpawnPlan& operator=(const SpawnPlan&) = delete;

  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
};

/// As execvp does it, but with the PATH that the child will have. The error number, or 0.
int find_program(const SpawnOptions& options, std::string& program) {
  const std::string& name = options.arguments.front();
  if (name.empty()) return ENOENT;
  program = name;
  if (name.find('/') != std::string::npos) return 0;
  const auto found = options.environment.find("PATH");
  const std::string path = found == options.environment.end() ? "/usr/local/bin:/usr/bin:/bin" : found->second;
  int error = ENOENT;
  for (std::size_t begin = 0; begin <= path.size();) {
    const std::size_t end = std::min(path.find(':', begin), path.size());
    std::filesystem::path folder = path.substr(begin, end - begin);
    if (folder.is_relative()) folder = options.working_directory / folder;
    program = (folder / name).string();
    std::error_code ignored;
    if (std::filesystem::is_regular_file(program, ignored)) {
      if (::access(program.c_str(), X_OK) == 0) return 0;
      error = EACCES;
    }
    begin = end + 1;
  }
  return error;
}

/// Descriptors below 3 are moved up first, so that no dup2 overwrites the source of a later one.
int redirect(SpawnPlan& plan, int source, int target, Descriptor& moved) {
  if (source < 0) {
    return ::posix_spawn_file_actions_addopen(&plan.actions, target, "/dev/null", target == 0 ? O_RDONLY : O_WRONLY, 0);
  }
  if (source < 3) {
    moved = Descriptor(::fcntl(source, F_DUPFD_CLOEXEC, 3));
    if (!moved) return errno;
    source = moved.get();
  }
  return ::posix_spawn_file_actions_adddup2(&plan.actions, source, target);
}

int set_attributes(SpawnPlan& plan, bool own_group) {
  sigset_t all;
  sigset_t none;
  ::sigfillset(&all);
  ::sigemptyset(&none);
  int flags = POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK;
  if (own_group) flags |= POSIX_SPAWN_SETPGROUP;
  int error = ::posix_spawnattr_setsigdefault(&plan.attributes, &all);
  if (error == 0) error = ::posix_spawnattr_setsigmask(&plan.attributes, &none);
  if (error == 0) error = ::posix_spawnattr_setpgroup(&plan.attributes, 0);
  if (error == 0) error = ::posix_spawnattr_setflags(&plan.attributes, static_cast<short>(flags));
  return error;
}

std::vector<char*> pointers(std::vector<std::string>& strings) {
  std::vector<char*> result;
  result.reserve(strings.size() + 1);
  for (std::string& text : strings) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

const std::string& boot_id() {
  static const std::string id = [] {
    std::string text = read_file("/proc/sys/kernel/random/boot_id").value_or("");
    text.erase(text.find_last_not_of(" \n") + 1);
    return text;
  }();
  return id;
}

struct ProcessStat {
  char state = '?';
  std::uint64_t start_ticks = 0;
};

/// The program's name is in parentheses and may hold spaces and parentheses itself: what follows the last one counts.
std::optional<ProcessStat> parse_stat(std::string_view text) {
  constexpr int first_field = 3;
  constexpr int start_field = 22;
  const std::size_t close = text.rfind(')');
  if (close == std::string_view::npos) return std::nullopt;
  text.remove_prefix(close + 1);
  ProcessStat result;
  for (int field = first_field; field <= start_field; ++field) {
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
    if (text.empty()) return std::nullopt;
    const std::string_view word = text.substr(0, text.find(' '));
    if (field == first_field) result.state = word.front();
    if (field == start_field &&
        std::from_chars(word.data(), word.data() + word.size(), result.start_ticks).ec != std::errc()) {
      return std::nullopt;
    }
    text.remove_prefix(word.size());
  }
  return result;
}

}  // namespace

Environment current_environment() {
  Environment result;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const std::size_t equals = text.find('=');
    if (equals != std::string_view::npos && equals > 0) result.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return result;
}

Descriptor make_input(std::string_view text) {
  Descriptor file(::memfd_create("input", MFD_CLOEXEC));
  if (!file || ::pwrite(file.get(), text.data(), text.size(), 0) != static_cast<ssize_t>(text.size())) return {};
  return file;
}

int spawn(const SpawnOptions& options, pid_t& pid) {
  if (options.arguments.empty()) return ENOENT;
  std::string program;
  if (const int error = find_program(options, program)) return error;

  SpawnPlan plan;
  Descriptor moved[3];
  int error = set_attributes(plan, options.own_group);
  if (error == 0) error = redirect(plan, options.standard_input, 0, moved[0]);
  if (error == 0) error = redirect(plan, options.standard_output, 1, moved[1]);
  if (error == 0) error = redirect(plan, options.standard_error, 2, moved[2]);
  if (error == 0) error = ::posix_spawn_file_actions_addclosefrom_np(&plan.actions, 3);
  if (error == 0 && !options.working_directory.empty()) {
    error = ::posix_spawn_file_actions_addchdir_np(&plan.actions, options.working_directory.c_str());
  }
  if (error != 0) return error;

  std::vector<std::string> arguments = options.arguments;
  std::vector<std::string> environment;
  environment.reserve(options.environment.size());
  for (const auto& [name, value] : options.environment) environment.push_back(name + '=' + value);
  pid_t child = 0;
  error = ::posix_spawn(&child, program.c_str(), &plan.actions, &plan.attributes, pointers(arguments).data(),
                        pointers(environment).data());
  if (error == 0) pid = child;
  return error;
}

int open_pidfd(pid_t pid) { return static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)); }

std::optional<ProcessIdentity> identify(pid_t pid) {
  if (pid <= 0) return std::nullopt;
  std::optional<std::string> text;
  try {
    text = read_file("/proc/" + std::to_string(pid) + "/stat");
  } catch (const StorageError&) {
    return std::nullopt;  // ESRCH: it ended while we read
  }
  const std::optional<ProcessStat> stat = text ? parse_stat(*text) : std::nullopt;
  if (!stat || stat->state == 'Z' || stat->state == 'X' || stat->state == 'x') return std::nullopt;
  return ProcessIdentity{pid, stat->start_ticks, boot_id()};
}

bool is_alive(const ProcessIdentity& process) { return identify(process.pid) == process; }

std::string host_name() {
  char name[256] = {};
  return ::gethostname(name, sizeof name - 1) == 0 ? name : "unknown-host";
}

}  // namespace stune
