#pragma once

#include <string_view>

#include "local/data/data_set.h"

namespace pxq::local {

/// A cluster that is made up, with all of Pixie's tables: docs/local.md tells what happens in it.
/// Options, separated by commas: seed=N (another cluster), hours=H (how far back rows are kept,
/// 24), scale=S (so many times the load).
Result<DataSet> open_demo(std::string_view options);

}  // namespace pxq::local
