#include "h5/writer.hpp"

#include <fcntl.h>
#include <hdf5.h>
#include <unistd.h>

#include "h5/file.hpp"
#include "stune/error.hpp"

namespace stune::h5 {

struct Writer::Handle {
  std::filesystem::path path;
  hid_t file = -1;

  [[noreturn]] void fail() const {
    H5Eclear2(H5E_DEFAULT);
    throw StorageError("cannot write " + path.string() + ": the disk may be full");
  }
  hid_t good(hid_t id) const {
    if (id < 0) fail();
    return id;
  }
  void write(const std::string& name, hid_t stored, hid_t given, const void* values, std::size_t count) const {
    const hsize_t size = count;
    const hid_t space = good(H5Screate_simple(1, &size, nullptr));
    const hid_t set = H5Dcreate2(file, name.c_str(), stored, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    const bool written = set >= 0 && (count == 0 || H5Dwrite(set, given, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) >= 0);
    const bool closed = set >= 0 && H5Dclose(set) >= 0;
    H5Sclose(space);
    if (!written || !closed) fail();
  }
};

Writer::Writer(const std::filesystem::path& path) : handle_(std::make_unique<Handle>()) {
  initialise();
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
  handle_->path = path;
  handle_->file = handle_->good(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT));
}

Writer::~Writer() {
  if (handle_->file >= 0) H5Fclose(handle_->file);
}

void Writer::group(const std::string& name) {
  H5Gclose(handle_->good(H5Gcreate2(handle_->file, name.c_str(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT)));
}

void Writer::write(const std::string& name, const std::vector<std::int64_t>& values) {
  handle_->write(name, H5T_STD_I64LE, H5T_NATIVE_INT64, values.data(), values.size());
}

void Writer::write(const std::string& name, const std::vector<double>& values) {
  handle_->write(name, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, values.data(), values.size());
}

void Writer::write(const std::string& name, const std::vector<std::string>& values) {
  const hid_t type = handle_->good(H5Tcopy(H5T_C_S1));
  H5Tset_size(type, H5T_VARIABLE);
  H5Tset_cset(type, H5T_CSET_UTF8);
  std::vector<const char*> texts;
  for (const std::string& value : values) texts.push_back(value.c_str());
  handle_->write(name, type, type, texts.data(), texts.size());
  H5Tclose(type);
}

void Writer::close() {
  const bool closed = H5Fclose(handle_->file) >= 0;
  handle_->file = -1;
  if (!closed) handle_->fail();
  const int file = ::open(handle_->path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) handle_->fail();
  const bool safe = ::fsync(file) == 0;
  ::close(file);
  if (!safe) handle_->fail();
}

}  // namespace stune::h5
