#include <memory>
#include <utility>

#include "local/data/stored/pieced_table.h"
#include "local/data/stored/snapshot_pieces.h"
#include "local/data/stored/stored.h"
#include "local/snapshot/contents.h"
#include "local/snapshot/reader.h"

namespace pxq::local {

Result<DataSet> open_snapshot(const std::string& path) {
  using snapshot::SnapshotFile;
  const Result<std::shared_ptr<const SnapshotFile>> file = SnapshotFile::open(path);
  if (!file.ok()) return file.status();
  Result<ClusterParts> parts = (*file)->state();
  if (!parts.ok()) return parts.status();
  DataSet data;
  const snapshot::Contents& contents = (*file)->contents();
  for (size_t i = 0; i < contents.tables.size(); ++i) {
    const snapshot::Table& table = contents.tables[i];
    auto made = std::make_unique<PiecedTable>(Schema{table.name, {}, table.columns},
                                              table.description, snapshot_pieces(*file, i));
    made->set_verdict(snapshot::verdict_of(table));
    data.tables.add(std::move(made));
  }
  data.span = TimeWindow{contents.start_ns, contents.end_ns};
  data.has_past = true;
  data.now = [now = contents.end_ns] { return now; };
  const auto state = std::make_shared<const ClusterState>(*std::move(parts));
  data.cluster = [state](int64_t) { return state; };
  return data;
}

}  // namespace pxq::local
