/// \file The tables of cards as files, for other tools.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "stune/card.hpp"

namespace stune::cli {

/// "best_trial.csv" for the card "Best trial".
std::string csv_name(const Card& card);

/// The table of a card as RFC 4180 says; no value is empty, numbers read back the same. Pure.
std::string to_csv(const Card& card);

/// One file for each card that has a table, in `folder`, which is made where it is missing. Their names. Throws
/// StorageError.
std::vector<std::string> write_card_tables(const std::vector<Card>& cards, const std::filesystem::path& folder);

}  // namespace stune::cli
