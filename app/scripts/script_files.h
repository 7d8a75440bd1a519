#pragma once

#include <string>
#include <vector>

#include "base/status.h"

namespace pxq {

/// The scripts below a directory, by path and in order: a directory with one .pxl counts as a
/// whole, so that its vis.json belongs to it; of others each .pxl file counts. kUsage where there
/// is none or a directory cannot be read.
Result<std::vector<std::string>> find_script_files(const std::string& directory);

}  // namespace pxq
