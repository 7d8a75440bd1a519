#include "local/data/stored/snapshot_pieces.h"

#include <utility>

#include "local/snapshot/contents.h"

namespace pxq::local {
namespace {

using snapshot::Segment;
using snapshot::SnapshotFile;

class Segments final : public PieceSource {
 public:
  Segments(std::shared_ptr<const SnapshotFile> file, size_t table)
      : file_(std::move(file)), table_(file_->contents().tables[table]) {}

  Result<RowBatch> read(size_t number, std::span<const size_t> columns) const override {
    return file_->read(table_, table_.segments[number], columns);
  }

 private:
  const std::shared_ptr<const SnapshotFile> file_;
  const snapshot::Table& table_;
};

}  // namespace

std::vector<Piece> snapshot_pieces(const std::shared_ptr<const SnapshotFile>& file, size_t table) {
  const auto source = std::make_shared<const Segments>(file, table);
  std::vector<Piece> pieces;
  for (const Segment& segment : file->contents().tables[table].segments) {
    pieces.push_back({.source = source,
                      .number = pieces.size(),
                      .rows = segment.rows,
                      .bytes = segment.bytes,
                      .times = TimeWindow{segment.first_ns, segment.last_ns}});
  }
  return pieces;
}

}  // namespace pxq::local
