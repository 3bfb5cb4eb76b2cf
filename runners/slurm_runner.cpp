#include "stune/slurm_runner.hpp"

#include <stdexcept>

#include "base/text.hpp"
#include "runners/slurm_dialogue.hpp"

namespace stune {

namespace {

std::string json_list(const std::vector<std::string>& texts) {
  std::string list = "[";
  for (const std::string& text : texts) {
    list += list.size() > 1 ? ",\"" : "\"";
    for (const char c : text) {
      constexpr const char* digits = "0123456789abcdef";
      if (c == '"' || c == '\\') list += '\\';
      if (static_cast<unsigned char>(c) >= ' ') {
        list += c;
      } else {
        list.append("\\u00").append(1, digits[c / 16]).append(1, digits[c % 16]);
      }
    }
    list += '"';
  }
  return list + "]";
}

}  // namespace

struct SlurmRunner::Impl {
  explicit Impl(SlurmOptions given) : options(std::move(given)) {}

  slurm::Dialogue& open() const {
    if (!dialogue) throw std::logic_error("SlurmRunner is used before open()");
    return *dialogue;
  }

  SlurmOptions options;
  Workplace workplace;
  std::unique_ptr<slurm::Dialogue> dialogue;
};

SlurmRunner::SlurmRunner(SlurmOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}
SlurmRunner::~SlurmRunner() = default;

std::map<std::string, std::string> SlurmRunner::remembered() const {
  const SlurmOptions& options = impl_->options;
  return {{"sbatch_options", json_list(options.sbatch_options)},
          {"poll_start", format_number(options.poll_start.count())},
          {"poll_growth", format_number(options.poll_growth)},
          {"poll_cap", format_number(options.poll_cap.count())},
          {"submit_rate", format_number(options.submit_rate)}};
}

void SlurmRunner::open(const Workplace& workplace) {
  impl_->workplace = workplace;
  impl_->dialogue = std::make_unique<slurm::Dialogue>(impl_->options, impl_->workplace);
}

int SlurmRunner::capacity() const { return impl_->open().capacity(); }
int SlurmRunner::max_batch() const { return impl_->open().max_batch(); }
std::string SlurmRunner::batch_key(const Job& job) const { return impl_->open().batch_key(job); }
void SlurmRunner::submit(std::vector<Submission> submissions) { impl_->open().submit(std::move(submissions)); }
void SlurmRunner::adopt(std::vector<Submission> submissions) { impl_->open().adopt(std::move(submissions)); }
void SlurmRunner::stop(std::span<const AttemptId> ids) { impl_->open().stop(ids); }
std::vector<JobReport> SlurmRunner::poll(TimePoint now) { return impl_->open().poll(now); }
int SlurmRunner::wake_fd() const { return impl_->workplace.commands->wake_fd(); }
TimePoint SlurmRunner::next_poll() const { return impl_->open().next_poll(); }
bool SlurmRunner::busy() const { return impl_->open().busy(); }
std::vector<std::string> SlurmRunner::budget(TimePoint now) const { return impl_->open().budget(now); }
std::map<std::string, CommandCount> SlurmRunner::command_counts() const { return impl_->open().counts(); }

}  // namespace stune
