#include "local/snapshot/writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "local/snapshot/state_text.h"
#include "model/time_order.h"

namespace pxq::local::snapshot {
SnapshotWriter::SnapshotWriter(Output& output, Packing packing)
    : output_(output),
      line_(packing, [this](PackedSegment&& segment) { write(std::move(segment)); }) {
  std::string prefix(kMagic);
  put_integer(prefix, kVersion, 2);
  put_integer(prefix, 0, 2);
  put(prefix);
}

void SnapshotWriter::put(std::string_view bytes) {
  output_.text().append(bytes);
  output_.commit();
  offset_ += bytes.size();
}

Block SnapshotWriter::add_block(std::string_view bytes) {
  // Straight into the output's buffer, which saves room and a copy.
  TextBuffer& out = output_.text();
  const size_t size = pack(bytes, out);
  if (size == 0) output_.fail({Code::kLimit, "no memory to pack a part of the snapshot"});
  const Block block{offset_, size, bytes.size(), crc_of(out.view().substr(out.size() - size))};
  output_.commit();
  offset_ += size;
  return block;
}

Result<size_t> SnapshotWriter::add_table(const std::string& name,
                                         const std::vector<ColumnInfo>& columns) {
  auto& tables = contents_.tables;
  const auto found = std::ranges::find(tables, name, &Table::name);
  if (found == tables.end()) {
    tables.push_back({.name = name, .description = {}, .columns = columns});
    return tables.size() - 1;
  }
  const auto same = [](const ColumnInfo& a, const ColumnInfo& b) {
    return a.name == b.name && a.type == b.type;
  };
  if (!std::ranges::equal(found->columns, columns, same)) {
    return Status(Code::kIncomplete,
                  fmt::format("table '{}' changed its columns while it was read", name));
  }
  // A cluster's list of columns does not say what they mean; its streams do.
  for (size_t i = 0; i < columns.size(); ++i) {
    if (columns[i].semantic != SemanticType::kNone) {
      found->columns[i].semantic = columns[i].semantic;
    }
  }
  return static_cast<size_t>(found - tables.begin());
}

void SnapshotWriter::add_rows(size_t number, std::vector<RowBatch> batches) {
  const SegmentRows empty{.table = number, .time = time_column(contents_.tables[number].columns)};
  SegmentRows next = empty;
  for (RowBatch& rows : batches) {
    if (rows.num_rows == 0) continue;
    MeasuredBatch batch(std::move(rows));
    if (!next.has_room_for(batch)) add_segment(std::exchange(next, empty));
    next.add(std::move(batch));
  }
  if (next.rows > 0) add_segment(std::move(next));
}

void SnapshotWriter::write(PackedSegment&& packed) {
  if (!packed.whole) output_.fail({Code::kLimit, "no memory to pack a part of the snapshot"});
  const uint64_t start = offset_;
  put(packed.bytes);
  std::string head;
  for (Block& column : packed.columns) {
    column.offset += start;
    put_block(head, column);
  }
  packed.segment.head = add_block(head);
  packed.segment.bytes = offset_ - start;
  contents_.tables[packed.table].segments.push_back(packed.segment);
}

void SnapshotWriter::close(const ClusterParts& state) {
  line_.finish();
  contents_.state = add_block(to_json(state));
  std::string trailer;
  put_block(trailer, add_block(to_json(contents_)));
  put_integer(trailer, crc_of(trailer), 4);
  trailer += kEndMagic;
  put(trailer);
  output_.flush();
}

}  // namespace pxq::local::snapshot
