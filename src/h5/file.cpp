#include "h5/file.hpp"

#include <hdf5.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <map>
#include <optional>

namespace stune::h5 {
namespace {

constexpr hsize_t most_numbers = 1'000'000;
constexpr hsize_t most_chunk_bytes = 64ULL << 20U;
constexpr std::size_t most_names = 100;

/// The owner of one identifier of the library.
template <herr_t (*Close)(hid_t)>
class Owned {
 public:
  explicit Owned(hid_t id) : id_(id) {}
  Owned(const Owned&) = delete;
  Owned& operator=(const Owned&) = delete;
  ~Owned() {
    if (id_ >= 0) Close(id_);
  }
  hid_t get() const { return id_; }
  explicit operator bool() const { return id_ >= 0; }

 private:
  hid_t id_;
};
using Object = Owned<H5Oclose>;
using Attribute = Owned<H5Aclose>;
using Space = Owned<H5Sclose>;
using Type = Owned<H5Tclose>;
using Properties = Owned<H5Pclose>;

/// What the library says of its last failure, from the outermost call to the innermost.
std::string last_error() {
  std::string text;
  const auto append = [](unsigned, const H5E_error2_t* error, void* data) -> herr_t {
    auto& result = *static_cast<std::string*>(data);
    if (error->desc != nullptr) result.append(result.empty() ? "" : ": ").append(error->desc);
    return 0;
  };
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_DOWNWARD, append, &text);
  H5Eclear2(H5E_DEFAULT);
  return text;
}

bool holds(const std::string& text, const char* part) { return text.find(part) != std::string::npos; }

Failure explain_open(const std::string& error) {
  if (holds(error, "truncated file"))
    return {Problem::truncated, "truncated: it was not closed, or is not yet complete"};
  if (holds(error, "already open for write")) {
    return {Problem::open_for_writing, "still marked as open for writing: its writer has not closed it"};
  }
  for (const int code : {EAGAIN, EACCES, ENOLCK, 524}) {  // 524: ENOTSUPP of some network file systems
    if (holds(error, "unable to lock file") && holds(error, ("errno = " + std::to_string(code)).c_str())) {
      return {Problem::locked, "locked by another process, or it cannot be locked at all"};
    }
  }
  if (holds(error, "file signature not found")) return {Problem::not_hdf5, "not an HDF5 file"};
  return {Problem::unreadable, "damaged, or its writer was killed before it closed the file (" + error + ")"};
}

/// Walks the path link by link: a link to another file is never followed. Nothing if all is well.
std::optional<Failure> check_links(hid_t file, const std::string& path) {
  for (std::size_t end = 0; end < path.size();) {
    end = std::min(path.find('/', end + 1), path.size());
    const std::string part = path.substr(0, end);
    if (part.find_first_not_of("/.") == std::string::npos) continue;
    H5L_info_t link{};
    if (H5Lexists(file, part.c_str(), H5P_DEFAULT) <= 0 || H5Lget_info(file, part.c_str(), &link, H5P_DEFAULT) < 0) {
      H5Eclear2(H5E_DEFAULT);
      return Failure{Problem::no_object, "it has no '" + path + "'"};
    }
    if (link.type != H5L_TYPE_HARD && link.type != H5L_TYPE_SOFT) {
      return Failure{Problem::refused, "'" + part + "' is a link to another file, which is not followed"};
    }
  }
  return std::nullopt;
}

/// Nothing if the values may be read: plain numbers, few enough.
std::optional<Failure> check_shape(hid_t type, hid_t space, const std::string& name) {
  const H5T_class_t kind = H5Tget_class(type);
  if (kind != H5T_INTEGER && kind != H5T_FLOAT) return Failure{Problem::wrong_type, "'" + name + "' holds no numbers"};
  if (H5Tget_size(type) > sizeof(long double)) {
    return Failure{Problem::wrong_type, "'" + name + "' holds numbers of an unknown kind"};
  }
  const int rank = H5Sget_simple_extent_ndims(space);
  if (rank < 0 || rank > 1 || H5Sis_simple(space) <= 0 || H5Sget_simple_extent_type(space) == H5S_NULL) {
    return Failure{Problem::wrong_type, "'" + name + "' is neither one number nor a row of numbers"};
  }
  const hssize_t count = H5Sget_simple_extent_npoints(space);
  if (count < 0 || static_cast<hsize_t>(count) > most_numbers) {
    return Failure{Problem::refused, "'" + name + "' holds more than a million numbers"};
  }
  return std::nullopt;
}

bool is_known(H5Z_filter_t filter) {
  return filter == H5Z_FILTER_DEFLATE || filter == H5Z_FILTER_SHUFFLE || filter == H5Z_FILTER_FLETCHER32 ||
         filter == H5Z_FILTER_SZIP;
}

/// Nothing if reading the dataset touches this file only, in pieces of a reasonable size.
std::optional<Failure> check_storage(hid_t dataset, std::size_t type_size, const std::string& name) {
  const Properties properties(H5Dget_create_plist(dataset));
  if (!properties) return Failure{Problem::unreadable, "'" + name + "' is damaged (" + last_error() + ")"};
  const H5D_layout_t layout = H5Pget_layout(properties.get());
  const bool foreign = layout == H5D_VIRTUAL || H5Pget_external_count(properties.get()) != 0;
  if (foreign) return Failure{Problem::refused, "'" + name + "' is stored in another file, which is not read"};
  hsize_t chunk = 0;
  if (layout == H5D_CHUNKED) {
    if (H5Pget_chunk(properties.get(), 1, &chunk) != 1 || chunk > most_chunk_bytes / type_size) {
      return Failure{Problem::refused, "'" + name + "' is stored in chunks that are too large"};
    }
  }
  const int filters = H5Pget_nfilters(properties.get());
  for (int i = 0; i < filters; ++i) {
    unsigned flags = 0;
    unsigned config = 0;
    std::size_t values = 0;
    const auto filter =
        H5Pget_filter2(properties.get(), static_cast<unsigned>(i), &flags, &values, nullptr, 0, nullptr, &config);
    if (!is_known(filter)) {
      return Failure{Problem::refused, "'" + name + "' is stored with a filter that is not used here; gzip works"};
    }
  }
  return std::nullopt;
}

Numbers room_for(hid_t space) {
  Numbers numbers;
  numbers.is_scalar = H5Sget_simple_extent_ndims(space) == 0;
  numbers.values.resize(static_cast<std::size_t>(H5Sget_simple_extent_npoints(space)));
  return numbers;
}

std::variant<Numbers, Failure> read_dataset(hid_t file, const std::string& name) {
  const Object dataset(H5Oopen(file, name.c_str(), H5P_DEFAULT));
  if (!dataset) return Failure{Problem::unreadable, "'" + name + "' cannot be opened (" + last_error() + ")"};
  if (H5Iget_type(dataset.get()) != H5I_DATASET) return Failure{Problem::wrong_type, "'" + name + "' is no dataset"};
  const Type type(H5Dget_type(dataset.get()));
  const Space space(H5Dget_space(dataset.get()));
  if (!type || !space) return Failure{Problem::unreadable, "'" + name + "' is damaged (" + last_error() + ")"};
  if (auto failure = check_shape(type.get(), space.get(), name)) return *failure;
  if (auto failure = check_storage(dataset.get(), H5Tget_size(type.get()), name)) return *failure;
  Numbers numbers = room_for(space.get());
  if (!numbers.values.empty() &&
      H5Dread(dataset.get(), H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, numbers.values.data()) < 0) {
    return Failure{Problem::unreadable, "'" + name + "' cannot be read (" + last_error() + ")"};
  }
  return numbers;
}

std::variant<Numbers, Failure> read_attribute(hid_t file, const std::string& object, const std::string& name) {
  if (H5Aexists_by_name(file, object.c_str(), name.c_str(), H5P_DEFAULT) <= 0) {
    H5Eclear2(H5E_DEFAULT);
    return Failure{Problem::no_object, "'" + object + "' has no attribute '" + name + "'"};
  }
  const Attribute attribute(H5Aopen_by_name(file, object.c_str(), name.c_str(), H5P_DEFAULT, H5P_DEFAULT));
  if (!attribute) return Failure{Problem::unreadable, "attribute '" + name + "' is damaged (" + last_error() + ")"};
  const Type type(H5Aget_type(attribute.get()));
  const Space space(H5Aget_space(attribute.get()));
  if (!type || !space)
    return Failure{Problem::unreadable, "attribute '" + name + "' is damaged (" + last_error() + ")"};
  if (auto failure = check_shape(type.get(), space.get(), name)) return *failure;
  Numbers numbers = room_for(space.get());
  if (!numbers.values.empty() && H5Aread(attribute.get(), H5T_NATIVE_DOUBLE, numbers.values.data()) < 0) {
    return Failure{Problem::unreadable, "attribute '" + name + "' cannot be read (" + last_error() + ")"};
  }
  return numbers;
}

/// What can be told without the library; nothing if it is a file with bytes in it.
std::optional<Failure> check_file(const std::filesystem::path& path) {
  struct stat found {};
  if (::stat(path.c_str(), &found) != 0) {
    if (errno == ENOENT || errno == ENOTDIR) return Failure{Problem::no_file, "it does not exist"};
    return Failure{Problem::unreadable, std::strerror(errno)};
  }
  if (!S_ISREG(found.st_mode)) return Failure{Problem::refused, "it is no ordinary file"};
  if (found.st_size == 0) return Failure{Problem::empty, "it is empty"};
  return std::nullopt;
}

/// Negative and `error` on failure: any further call of the library would forget it.
hid_t open_with(const std::filesystem::path& path, unsigned flags, std::string& error) {
  const Properties access(H5Pcreate(H5P_FILE_ACCESS));
  H5Pset_fclose_degree(access.get(), H5F_CLOSE_STRONG);
#if H5_VERSION_GE(1, 14, 0) || (H5_VERS_MINOR == 12 && H5_VERS_RELEASE >= 1) || \
    (H5_VERS_MINOR == 10 && H5_VERS_RELEASE >= 7)
  H5Pset_file_locking(access.get(), false, true);
#endif
  const hid_t file = H5Fopen(path.c_str(), flags, access.get());
  if (file < 0) error = last_error();
  return file;
}

}  // namespace

struct File::Handle {
  explicit Handle(hid_t id) : file(id) {}
  Owned<H5Fclose> file;
};

File::File(std::unique_ptr<Handle> handle) : handle_(std::move(handle)) {}
File::File(File&&) noexcept = default;
File& File::operator=(File&&) noexcept = default;
File::~File() = default;

void initialise() {
  static const bool once = [] {
    ::setenv("HDF5_USE_FILE_LOCKING", "FALSE", 1);  // it wins over the property, so it has to agree
    H5open();
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
    H5PLset_loading_state(0);
    return true;
  }();
  static_cast<void>(once);
}

std::variant<File, Failure> open(const std::filesystem::path& path) {
  initialise();
  if (auto failure = check_file(path)) return *failure;
  std::string error;
  hid_t file = open_with(path, H5F_ACC_RDONLY, error);
  if (file < 0) {
    const Failure failure = explain_open(error);
    // A writer that allows readers beside it (SWMR) leaves a file that is good at any moment.
    if (failure.problem != Problem::open_for_writing) return failure;
    file = open_with(path, H5F_ACC_RDONLY | H5F_ACC_SWMR_READ, error);
    if (file < 0) return failure;
  }
  return File(std::make_unique<File::Handle>(file));
}

std::variant<Numbers, Failure> File::read(const std::string& object) const {
  const hid_t file = handle_->file.get();
  const std::size_t at = object.rfind('@');
  const std::string path = object.substr(0, at);
  if (auto failure = check_links(file, path)) return *failure;
  if (at == std::string::npos) return read_dataset(file, path);
  return read_attribute(file, path.empty() ? "/" : path, object.substr(at + 1));
}

std::vector<std::string> File::names() const {
  std::vector<std::string> result;
  const auto append = [](hid_t, const char* name, const H5L_info_t*, void* data) -> herr_t {
    auto& names = *static_cast<std::vector<std::string>*>(data);
    names.emplace_back(name);
    return names.size() >= most_names ? 1 : 0;
  };
  hsize_t position = 0;
  H5Literate(handle_->file.get(), H5_INDEX_NAME, H5_ITER_NATIVE, &position, append, &result);
  H5Eclear2(H5E_DEFAULT);
  std::sort(result.begin(), result.end());
  return result;
}

}  // namespace stune::h5
