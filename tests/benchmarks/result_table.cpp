#include "result_table.hpp"

#include <sstream>
#include <stdexcept>
#include <vector>

namespace stune::benchmarks {
namespace {

constexpr const char* header =
    "optimizer,problem,seed,workers,evaluations,regret,recommended,candidate_seconds,total_seconds\n";
constexpr std::size_t columns = 9;

std::vector<std::string> split(const std::string& line) {
  std::vector<std::string> cells;
  std::istringstream text(line);
  for (std::string cell; std::getline(text, cell, ',');) cells.push_back(cell);
  return cells;
}

}  // namespace

ResultTable::ResultTable(const std::filesystem::path& path) {
  std::uintmax_t good = 0;  // bytes of whole lines
  std::ifstream existing(path);
  for (std::string line; std::getline(existing, line) && !existing.eof();) {
    good += line.size() + 1;
    const auto cells = split(line);
    if (cells.size() != columns || cells.front() == "optimizer") continue;
    const RunKey key{cells[0], cells[1], std::stoull(cells[2]), std::stoi(cells[3]), std::stoi(cells[4])};
    rows_[key] = {std::stod(cells[5]), std::stod(cells[6]), std::stod(cells[7]), std::stod(cells[8]), key.evaluations};
  }
  if (existing.is_open()) std::filesystem::resize_file(path, good);
  file_.open(path, std::ios::app);
  if (!file_) throw std::runtime_error("cannot write " + path.string());
  if (good == 0) file_ << header << std::flush;
  file_.precision(6);
}

const Regret* ResultTable::find(const RunKey& key) const {
  const auto found = rows_.find(key);
  return found == rows_.end() ? nullptr : &found->second;
}

void ResultTable::add(const RunKey& key, const Regret& regret) {
  rows_[key] = regret;
  file_ << key.optimizer << ',' << key.problem << ',' << key.seed << ',' << key.workers << ',' << key.evaluations << ','
        << regret.best << ',' << regret.recommended << ',' << regret.candidate_seconds << ',' << regret.total_seconds
        << std::endl;
}

}  // namespace stune::benchmarks
