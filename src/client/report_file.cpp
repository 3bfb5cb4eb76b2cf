#include "client/report_file.hpp"

#include "analysis/report.hpp"
#include "base/file.hpp"

namespace stune {

void write_report(const Experiment& experiment, const std::vector<Card>& cards, TimePoint at,
                  const std::filesystem::path& file) {
  replace_file(file, analysis::report_page(experiment, cards, at));
}

}  // namespace stune
