#include "cli/manners.hpp"

#include <sys/resource.h>

namespace stune::cli {

void be_modest(const Session& session) {
  constexpr int last_in_line = 19;
  // Lowering one's own priority cannot fail, and nothing would be lost if it did.
  if (session.experiment().options().runner == "slurm") static_cast<void>(::setpriority(PRIO_PROCESS, 0, last_in_line));
}

}  // namespace stune::cli
