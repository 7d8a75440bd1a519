#pragma once

#include <string>
#include <string_view>

#include "base/status.h"

namespace pxq {

/// Whether a file can have its place at `path`: kOutput, with what to do, where its directory is
/// missing or is none. `made`: missing directories are made later, so that only what stands in
/// their way counts, above the first placeholder. `besides`: what else helps where one is missing.
/// Nothing is written.
Status check_directory(const std::string& path, bool made, std::string_view besides = {});

}  // namespace pxq
