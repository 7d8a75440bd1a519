#include "local/snapshot/writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "local/snapshot/column_bytes.h"
#include "local/snapshot/state_text.h"
#include "model/time_order.h"

namespace pxq::local::snapshot {
namespace {

// Wide rows make shorter segments, so that one unpacks into tens of MiB at most.
constexpr size_t kSegmentBytes = size_t{16} << 20;

size_t text_bytes(const RowBatch& batch) {
  size_t bytes = 0;
  for (const Column& column : batch.columns) {
    if (const auto* texts = std::get_if<StringColumn>(&column)) {
      for (const std::string_view text : *texts) bytes += text.size();
    }
  }
  return bytes;
}

}  // namespace

SnapshotWriter::SnapshotWriter(Output& output) : output_(output) {
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

void SnapshotWriter::add_rows(size_t number, const std::vector<RowBatch>& batches) {
  Table& table = contents_.tables[number];
  size_t first = 0;
  size_t rows = 0;
  size_t bytes = 0;
  for (size_t i = 0; i < batches.size(); ++i) {
    rows += batches[i].num_rows;
    bytes += text_bytes(batches[i]);
    const bool last = i + 1 == batches.size();
    if (!last && bytes < kSegmentBytes && rows + batches[i + 1].num_rows <= kSegmentRows) continue;
    if (rows > 0) add_segment(table, std::span(batches).subspan(first, i + 1 - first));
    first = i + 1;
    rows = bytes = 0;
  }
}

void SnapshotWriter::add_segment(Table& table, std::span<const RowBatch> batches) {
  const uint64_t start = offset_;
  Segment segment;
  std::string head;
  for (size_t column = 0; column < table.columns.size(); ++column) {
    put_block(head, add_block(column_bytes(batches, column)));
  }
  segment.head = add_block(head);
  segment.bytes = offset_ - start;
  for (const RowBatch& batch : batches) segment.rows += batch.num_rows;
  if (const std::optional<size_t> time = time_column(table.columns)) {
    const auto times = [&](const RowBatch& batch) -> const Time64Column& {
      return std::get<Time64Column>(batch.columns[*time]);
    };
    const auto filled = [](const RowBatch& batch) { return batch.num_rows > 0; };
    segment.first_ns = times(*std::ranges::find_if(batches, filled)).front().ns;
    for (const RowBatch& batch : batches) {
      if (filled(batch)) segment.last_ns = times(batch).back().ns;
    }
  }
  table.segments.push_back(segment);
}

void SnapshotWriter::close(const ClusterParts& state) {
  contents_.state = add_block(to_json(state));
  std::string trailer;
  put_block(trailer, add_block(to_json(contents_)));
  put_integer(trailer, crc_of(trailer), 4);
  trailer += kEndMagic;
  put(trailer);
  output_.flush();
}

}  // namespace pxq::local::snapshot
