/// \file Writes HDF5 files as applications do, with the C API, in a process that may die on the way.
#pragma once

#include <hdf5.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace stune {

class Hdf5Writer {
 public:
  explicit Hdf5Writer(const std::filesystem::path& path, bool latest = false) {
    const hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    if (latest) H5Pset_libver_bounds(access, H5F_LIBVER_LATEST, H5F_LIBVER_LATEST);
    file_ = H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, access);
    H5Pclose(access);
  }
  ~Hdf5Writer() { H5Fclose(file_); }
  Hdf5Writer(const Hdf5Writer&) = delete;
  Hdf5Writer& operator=(const Hdf5Writer&) = delete;

  hid_t file() const { return file_; }
  void flush() const { H5Fflush(file_, H5F_SCOPE_GLOBAL); }

  void scalar(const char* name, double value, hid_t type = H5T_NATIVE_DOUBLE) const {
    write(name, H5Screate(H5S_SCALAR), H5P_DEFAULT, type, &value);
  }
  void row(const char* name, const std::vector<double>& values, hid_t type = H5T_NATIVE_DOUBLE) const {
    const hsize_t size = values.size();
    write(name, H5Screate_simple(1, &size, nullptr), H5P_DEFAULT, type, values.data());
  }
  /// Compressed, in chunks, as h5py writes what may grow.
  void growing_row(const char* name, const std::vector<double>& values) const {
    const hsize_t size = values.size();
    const hsize_t most = H5S_UNLIMITED;
    const hsize_t chunk = 10;
    const hid_t properties = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_chunk(properties, 1, &chunk);
    H5Pset_shuffle(properties);
    H5Pset_deflate(properties, 4);
    H5Pset_fletcher32(properties);
    write(name, H5Screate_simple(1, &size, &most), properties, H5T_NATIVE_DOUBLE, values.data());
    H5Pclose(properties);
  }
  void table(const char* name) const {
    const hsize_t sizes[] = {2, 2};
    const double values[] = {1, 2, 3, 4};
    write(name, H5Screate_simple(2, sizes, nullptr), H5P_DEFAULT, H5T_NATIVE_DOUBLE, values);
  }
  void text(const char* name) const {
    const hid_t type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, 4);
    const hid_t space = H5Screate(H5S_SCALAR);
    const hid_t dataset = H5Dcreate2(file_, name, type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, "0.9");
    H5Dclose(dataset);
    H5Sclose(space);
    H5Tclose(type);
  }
  void attribute(const char* object, const char* name, double value) const {
    const hid_t space = H5Screate(H5S_SCALAR);
    const hid_t id =
        H5Acreate_by_name(file_, object, name, H5T_IEEE_F32BE, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    H5Awrite(id, H5T_NATIVE_DOUBLE, &value);
    H5Aclose(id);
    H5Sclose(space);
  }
  void group(const char* name) const { H5Gclose(H5Gcreate2(file_, name, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT)); }

 private:
  void write(const char* name, hid_t space, hid_t properties, hid_t type, const double* values) const {
    const hid_t dataset = H5Dcreate2(file_, name, type, space, H5P_DEFAULT, properties, H5P_DEFAULT);
    H5Dwrite(dataset, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values);
    H5Dclose(dataset);
    H5Sclose(space);
  }

  hid_t file_;
};

/// Runs `body` in another process and waits for its end; returns the signal that killed it, or 0.
inline int in_another_process(const std::function<void()>& body) {
  const pid_t pid = ::fork();
  if (pid == 0) {
    body();
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(pid, &status, 0);
  return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

inline void write_hdf5(const std::filesystem::path& path, const std::function<void(const Hdf5Writer&)>& body) {
  in_another_process([&] {
    const Hdf5Writer writer(path);
    body(writer);
  });
}

}  // namespace stune
