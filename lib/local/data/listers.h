#pragma once

#include "local/data/data_set.h"

namespace pxq::local {

/// Adds what px functions list: the tables and columns of the data set, the functions there are,
/// the agents of its cluster. What no data set has (probes, scripts that a cluster runs by itself,
/// heaps of agents) has no rows.
void add_listers(DataSet& data);

}  // namespace pxq::local
