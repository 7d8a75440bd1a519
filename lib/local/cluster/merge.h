#pragma once

#include <cstdint>

#include "local/cluster/state.h"

namespace pxq::local {

/// Adds what is known of a cluster at a later moment: entities that both know are as the later one
/// has them, those that only the former knew stay. Entities are told by their ids, nodes by their
/// names, processes by their UPIDs. REQUIRES: all numbers in `later` are in range.
void merge_parts(ClusterParts& parts, const ClusterParts& later);

/// Adds what only a later one knows of a cluster as of `now_ns`: entities that both know stay as
/// they are, pods that began after that moment are left out with all that is theirs, and of agents
/// no more is added than the names of their nodes. REQUIRES: as above.
void complete_parts(ClusterParts& parts, const ClusterParts& later, int64_t now_ns);

}  // namespace pxq::local
