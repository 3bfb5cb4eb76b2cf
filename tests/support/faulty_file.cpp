#include "tests/support/faulty_file.hpp"

#include "stune/error.hpp"

namespace stune {

class FaultyFile : public AppendFile {
 public:
  FaultyFile(Faults& faults, const std::filesystem::path& path) : faults_(faults), file_(open_append_file(path)) {}

  void append(std::string_view bytes) override {
    ++faults_.appends_;
    const bool breaks = begin();
    file_->append(breaks ? bytes.substr(0, faults_.bytes_) : bytes);
    if (breaks) fail();
  }
  void sync() override {
    ++faults_.syncs_;
    const bool breaks = begin();
    if (!breaks || faults_.bytes_ > 0) file_->sync();
    if (breaks) fail();
  }
  void truncate(std::uint64_t size) override {
    const bool breaks = begin();
    if (!breaks || (dies() && faults_.bytes_ > 0)) file_->truncate(size);
    if (breaks) fail();
  }
  std::uint64_t size() override { return file_->size(); }

 private:
  bool dies() const { return faults_.operations_ == faults_.death_; }
  bool begin() {
    const int now = ++faults_.operations_;
    return dies() || (now >= faults_.failure_ && now < faults_.failure_ + faults_.failures_);
  }
  [[noreturn]] void fail() const {
    if (dies()) throw Death{faults_.operations_};
    throw StorageError("disk full (No space left on device)");
  }

  Faults& faults_;
  std::unique_ptr<AppendFile> file_;
};

std::function<std::unique_ptr<AppendFile>(const std::filesystem::path&)> faulty_files(Faults& faults) {
  return [&faults](const std::filesystem::path& path) { return std::make_unique<FaultyFile>(faults, path); };
}

}  // namespace stune
