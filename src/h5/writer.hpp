/// \file Writes tables to a new HDF5 file: groups of columns, each a row of numbers or of texts.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace stune::h5 {

/// One thread. Throws StorageError naming the file. The file is complete after close() only.
class Writer {
 public:
  /// Replaces what is there.
  explicit Writer(const std::filesystem::path& path);
  ~Writer();
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  /// At the top of the file, or below another group: "trials".
  void group(const std::string& name);
  /// One-dimensional datasets, "trials/status". Texts are UTF-8 of variable length; one ends at its first NUL.
  void write(const std::string& name, const std::vector<std::int64_t>& values);
  void write(const std::string& name, const std::vector<double>& values);
  void write(const std::string& name, const std::vector<std::string>& values);
  /// Returns once the bytes are safe.
  void close();

 private:
  struct Handle;
  std::unique_ptr<Handle> handle_;
};

}  // namespace stune::h5
