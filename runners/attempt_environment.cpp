#include "runners/attempt_environment.hpp"

#include <algorithm>

namespace stune {

bool begins_with_any(std::string_view name, std::initializer_list<std::string_view> prefixes) {
  return std::ranges::any_of(prefixes, [&](std::string_view prefix) { return name.starts_with(prefix); });
}

bool is_launchers(std::string_view name) {
  return begins_with_any(name, {"OMPI_", "PMIX_", "PMI_", "PMI2_", "PRTE_", "HYDRA_", "HYDI_", "MPI_LOCALN",
                                "MPI_LOCALR", "MPIR_"}) &&
         !name.starts_with("OMPI_ALLOW_RUN_AS_ROOT");
}

bool is_allocations(std::string_view name) { return begins_with_any(name, {"SLURM_", "SLURMD_", "SRUN_"}); }

bool is_nodes(std::string_view name) {
  for (const char* const one : {"TMPDIR", "HOSTNAME", "CUDA_VISIBLE_DEVICES", "ROCR_VISIBLE_DEVICES",
                                "GPU_DEVICE_ORDINAL", "ZE_AFFINITY_MASK"}) {
    if (name == one) return true;
  }
  return false;
}

Environment settings_in(const Environment& saved) {
  const bool of_a_rank = std::ranges::any_of(saved, [](const auto& variable) {
    return begins_with_any(variable.first, {"OMPI_COMM_WORLD_", "PMIX_", "PMI_"});
  });
  Environment settings;
  for (const auto& [name, value] : saved) {
    const bool said_to_all = !of_a_rank && name.starts_with("OMPI_MCA_");
    if (is_allocations(name) || is_nodes(name) || (is_launchers(name) && !said_to_all)) continue;
    settings.emplace(name, value);
  }
  return settings;
}

Environment local_environment(const Environment& saved, const Environment& own) {
  Environment environment = settings_in(saved);
  for (const auto& [name, value] : own) {
    if (is_allocations(name) || is_nodes(name)) environment.insert_or_assign(name, value);
  }
  return environment;
}

}  // namespace stune
