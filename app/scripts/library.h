#pragma once

#include <string>
#include <vector>

#include "cli/command.h"
#include "script/bundle.h"

namespace pxq {

/// Scripts by name: those of `bundles` (--bundle), then of PX_BUNDLE, then those that pxq ships,
/// then those that `pxq scripts update` fetched. A bundle that the user named must be readable; of
/// the others a bad one is told and left out.
Result<ScriptLibrary> open_library(const std::vector<std::string>& bundles, Context& context);

/// Where fetched bundles are kept: $XDG_CACHE_HOME/pxq or ~/.cache/pxq; empty where neither is
/// known.
std::string cache_directory();

}  // namespace pxq
