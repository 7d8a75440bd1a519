#pragma once

#include "local/plan/draft.h"

namespace pxq::local {

/// Makes one operator of columns that a script assigns one after the other, before any name has a
/// meaning, as Pixie does. A script sees it: a column that the first assignment dropped is still
/// there for the second one, and a column assigned twice keeps its first place.
void combine_maps(Draft& draft);

}  // namespace pxq::local
