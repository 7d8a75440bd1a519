#pragma once

#include "local/data/demo/world.h"
#include "local/data/table_source.h"

namespace pxq::local::demo {

/// Adds the tables of traced requests: a row for each side of a call that runs in a pod.
void add_event_tables(TableSet& tables, const WorldPtr& world);

}  // namespace pxq::local::demo
