#pragma once

#include <memory>
#include <string>
#include <vector>

#include "local/data/stored/pieced_table.h"
#include "local/snapshot/reader.h"

namespace pxq::local {

/// The pieces of a table of a snapshot: its segments.
std::vector<Piece> snapshot_pieces(const std::shared_ptr<const snapshot::SnapshotFile>& file,
                                   size_t table);

}  // namespace pxq::local
