#pragma once

#include <optional>
#include <span>
#include <string>

#include "base/status.h"
#include "script/bundle.h"

namespace pxq {

/// The first of `candidates` that is a directory: where pxq's own scripts are, as installed or in
/// the source tree.
std::optional<std::string> find_script_root(std::span<const std::string> candidates);

/// All scripts below a directory as a bundle: NAME.pxl at its top is NAME, and a directory with one
/// .pxl is named by its path below `root`, as px names scripts. What cannot be read is skipped.
Result<Bundle> read_script_tree(const std::string& root);

}  // namespace pxq
