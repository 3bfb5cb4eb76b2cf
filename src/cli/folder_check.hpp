/// \file Does a folder's file system do what an experiment needs of it?
#pragma once

#include <filesystem>
#include <vector>

#include "runners/slurm_doctor.hpp"

namespace stune::cli {

/// Exclusive creation, atomic replacement, reading the folder, fsync, locks (which only HDF5 programs need). Writes a
/// few small files into `folder` and removes them.
std::vector<slurm::Finding> check_folder(const std::filesystem::path& folder);

}  // namespace stune::cli
