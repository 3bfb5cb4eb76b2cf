/// \file Whether points may be tried again. A continuous domain has new ones enough; of finitely many the best may be
/// worth another look where looks differ.
#pragma once

#include "generation/exclusion.hpp"
#include "generation/propose.hpp"

namespace stune::generation {

/// All points that are known, pending or withdrawn.
Exclusion known_points(const Domain& domain, const Knowledge& known);

/// Is there evidence that outcomes have noise (looks.hpp)? Where no point was tried twice, none is left and nothing is
/// pending, another look is to bring it. O(n d log n).
bool may_repeat(const Domain& domain, const Knowledge& known, const Exclusion& all_known);

/// The points that are never to be tried again: withdrawn, or known without error.
Exclusion settled_points(const Domain& domain, const Knowledge& known);

}  // namespace stune::generation
