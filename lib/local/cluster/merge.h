#pragma once

#include "local/cluster/state.h"

namespace pxq::local {

/// Adds what is known of a cluster at a later moment: entities that both know are as the later one
/// has them, those that only the former knew stay. Entities are told by their ids, nodes by their
/// names, processes by their UPIDs. REQUIRES: all numbers in `later` are in range.
void merge_parts(ClusterParts& parts, const ClusterParts& later);

}  // namespace pxq::local
