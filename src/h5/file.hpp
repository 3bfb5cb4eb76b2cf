/// \file Reads small numeric data from HDF5 files that others wrote, perhaps are still writing, perhaps left broken.
///
/// Nothing here throws for a file's sake. Locks are neither taken nor respected: a reader's lock would make the
/// application's own open fail. Only plain integers and floats of at most one dimension are read, from the file itself:
/// external links, external and virtual storage, filter plugins and large data are refused, since they would let a file
/// choose what else is read and how much. libhdf5 itself may loop or crash on a damaged file: h5/reader.hpp shields
/// from that.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <variant>
#include <vector>

namespace stune::h5 {

enum class Problem : std::uint8_t {
  no_file,           ///< it does not exist, or not yet here
  empty,             ///< no bytes: just created
  locked,            ///< the file system refuses a lock, or an open, for now
  open_for_writing,  ///< marked as open by a writer, who may still be there
  too_slow,          ///< reading it does not come to an end (h5/reader.hpp)
  truncated,         ///< shorter than it says: not closed, or not yet visible as a whole
  not_hdf5,          ///< something else
  no_object,         ///< no dataset or attribute of that name
  wrong_type,        ///< not a number or a row of numbers
  refused,           ///< see above
  unreadable         ///< damaged, or no permission
};

struct Failure {
  Problem problem = Problem::unreadable;
  std::string detail;  ///< for people, without the file's name
};

/// A scalar (also of an attribute), or a row of numbers; any integer or float type, as doubles.
struct Numbers {
  bool is_scalar = false;
  std::vector<double> values;
};

/// A problem that may pass while the writer is alive.
constexpr bool may_pass(Problem problem) { return problem <= Problem::not_hdf5; }

class File;

/// Once, before other threads exist (it sets an environment variable that the library reads). Idempotent.
void initialise();

/// Never blocks, except for the file system itself. Data of up to a million numbers is read.
std::variant<File, Failure> open(const std::filesystem::path& path);

/// An open file, read only. One thread.
class File {
 public:
  File(File&&) noexcept;
  File& operator=(File&&) noexcept;
  ~File();

  /// A dataset, "results/energy", or an attribute, "results@energy" ("@energy": of the file itself).
  std::variant<Numbers, Failure> read(const std::string& object) const;
  /// The datasets and groups at the top of the file, sorted, at most a hundred: for messages.
  std::vector<std::string> names() const;

 private:
  friend std::variant<File, Failure> open(const std::filesystem::path& path);
  struct Handle;
  explicit File(std::unique_ptr<Handle> handle);
  std::unique_ptr<Handle> handle_;
};

}  // namespace stune::h5
