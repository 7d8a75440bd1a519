#include <algorithm>
#include <numeric>
#include <utility>

#include "local/data/stored/held_table.h"
#include "local/data/stored/stored.h"
#include "local/snapshot/contents.h"
#include "local/snapshot/reader.h"
#include "model/time_order.h"

namespace pxq::local {
namespace {

using snapshot::Segment;
using snapshot::SnapshotFile;

/// A table of a snapshot, read segment by segment.
class SnapshotTable final : public TableSource {
 public:
  SnapshotTable(std::shared_ptr<const SnapshotFile> file, size_t number)
      : file_(std::move(file)),
        table_(file_->contents().tables[number]),
        time_(time_column(table_.columns)) {}

  std::string_view name() const override { return table_.name; }
  std::string_view description() const override { return table_.description; }
  const std::vector<ColumnInfo>& relation() const override { return table_.columns; }

  std::optional<TableExtent> extent() const override {
    TableExtent extent;
    for (const Segment& segment : table_.segments) {
      extent.rows += segment.rows;
      extent.bytes += segment.bytes;
    }
    if (time_ && !table_.segments.empty()) {
      extent.times = TimeWindow{table_.segments.front().first_ns, table_.segments.back().last_ns};
    }
    extent.verdict = snapshot::verdict_of(table_);
    return extent;
  }

  Status scan(const ScanRequest& request, RowReceiver& receiver) const override {
    TimeWindow window = request.window;
    window.end_ns = std::min(window.end_ns, request.now_ns);
    for (const Segment& segment : table_.segments) {
      if (time_ && !window.overlaps({segment.first_ns, segment.last_ns})) continue;
      const Result<bool> more = give(segment, window, request.columns, receiver);
      if (!more.ok()) return more.status();
      if (!*more) break;
    }
    return {};
  }

 private:
  /// False when no more rows are wanted.
  Result<bool> give(const Segment& segment, const TimeWindow& window,
                    std::span<const size_t> columns, RowReceiver& receiver) const {
    // Where the window cuts the segment, its times are read as well, behind what was asked for.
    const bool cut =
        time_ && !(window.contains(segment.first_ns) && window.contains(segment.last_ns));
    std::vector<size_t> wanted(columns.begin(), columns.end());
    if (cut) wanted.push_back(*time_);
    const Result<RowBatch> rows = file_->read(table_, segment, wanted);
    if (!rows.ok()) return rows.status();
    RowRange range{0, rows->num_rows};
    if (cut) range = rows_inside(std::get<Time64Column>(rows->columns.back()), window);
    std::vector<size_t> places(columns.size());
    std::iota(places.begin(), places.end(), size_t{0});
    while (range.begin < range.end) {
      const size_t next = std::min(range.end, range.begin + kScanRows);
      if (!receiver.rows(part_of(*rows, places, range.begin, next))) return false;
      range.begin = next;
    }
    return true;
  }

  const std::shared_ptr<const SnapshotFile> file_;
  const snapshot::Table& table_;
  const std::optional<size_t> time_;
};

}  // namespace

Result<DataSet> open_snapshot(const std::string& path) {
  Result<std::shared_ptr<const SnapshotFile>> file = SnapshotFile::open(path);
  if (!file.ok()) return file.status();
  Result<ClusterParts> parts = (*file)->state();
  if (!parts.ok()) return parts.status();
  DataSet data;
  const snapshot::Contents& contents = (*file)->contents();
  for (size_t i = 0; i < contents.tables.size(); ++i) {
    data.tables.add(std::make_unique<SnapshotTable>(*file, i));
  }
  data.span = TimeWindow{contents.start_ns, contents.end_ns};
  data.has_past = true;
  data.now = [now = contents.end_ns] { return now; };
  const auto state = std::make_shared<const ClusterState>(*std::move(parts));
  data.cluster = [state](int64_t) { return state; };
  return data;
}

}  // namespace pxq::local
