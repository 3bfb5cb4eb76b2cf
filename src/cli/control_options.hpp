/// \file What stop, set, attach and tell have in common: they change an experiment that may be running.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "client/control.hpp"

namespace CLI {
class App;
}

namespace stune::cli {

struct ControlOptions {
  bool json = false;
  bool take_over = false;
};

/// Adds --json and --take-over.
void add_control_options(CLI::App& command, ControlOptions& options);
Reach reach_of(const ControlOptions& options);

/// null for nobody.
nlohmann::json owner_json(const std::string& owner);

/// "Trial 3 is completed, and the best so far"
std::string words_of(const OwnTrial& trial);
nlohmann::json to_json(const OwnTrial& trial);

}  // namespace stune::cli
