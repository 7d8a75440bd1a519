#pragma once

#include "local/data/demo/world.h"
#include "local/data/table_source.h"

namespace pxq::local::demo {

/// Adds the tables that collectors fill at fixed times: what processes, pods, connections and Java
/// machines use, stacks, ends of processes, and what agents say of themselves. Counters add up the
/// calls of Traffic.
void add_sample_tables(TableSet& tables, const WorldPtr& world);

}  // namespace pxq::local::demo
