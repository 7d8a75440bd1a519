#pragma once

#include <string>
#include <string_view>

#include "base/status.h"
#include "local/cluster/state.h"

namespace pxq::local::snapshot {

/// The state of a cluster as JSON, whole: reading it gives equal parts.
std::string to_json(const ClusterParts& parts);

/// kIncomplete for what is no such JSON, and for numbers that refer to nothing.
Result<ClusterParts> parse_state(std::string_view json);

}  // namespace pxq::local::snapshot
