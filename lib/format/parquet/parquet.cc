#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "format/all_formats.h"
#include "format/names.h"
#include "format/one_table.h"
#include "format/parquet/column_chunk.h"
#include "format/parquet/compact_writer.h"
#include "format/parquet/pages.h"
#include "model/time_order.h"
#include "text/json_bytes.h"
#include "text/schema_json.h"
#include "text/time_text.h"

namespace pxq {
namespace {

using parquet::ColumnChunk;
using parquet::CompactWriter;
using parquet::EncodedChunk;
using parquet::Physical;

// https://parquet.apache.org/docs/file-format/ and the Thrift file of parquet-format name the
// numbers of fields below.

constexpr std::string_view kMagic = "PAR1";
// What engines take as a unit of parallel work: DuckDB reads, and writes by default, so many rows.
constexpr size_t kGroupRows = 122'880;
constexpr size_t kGroupBytes = 32u << 20;

/// Where a column of a row group lies in the file.
struct ChunkPlace {
  EncodedChunk chunk;  // without its bytes
  size_t packed_bytes = 0;
  int64_t offset = 0;
};

struct RowGroup {
  size_t rows = 0;
  std::vector<ChunkPlace> columns;
};

/// One table as a Parquet file. The footer, without which no reader takes the file, is written only
/// after a run that came to its end.
class Parquet final : public ResultSink {
 public:
  Parquet(const FormatOptions& options, Output& output) : options_(options), output_(output) {}

  void begin(const Schema& schema) override {
    if (schema_ != nullptr) {
      return output_.fail(two_tables("parquet", "parquet", schema_->name, schema.name));
    }
    schema_ = &schema;
    names_ = unique_column_names(schema, false);
    for (const ColumnInfo& column : schema.columns) {
      chunks_.push_back(parquet::make_column_chunk(column.type, options_.bytes));
    }
  }

  void rows(const Schema& schema, const RowBatch& batch) override {
    if (&schema != schema_) return;
    for (size_t first = 0; first < batch.num_rows;) {
      const size_t count = std::min(batch.num_rows - first, kGroupRows - rows_);
      for (size_t i = 0; i < chunks_.size(); ++i) chunks_[i]->add(batch.columns[i], first, count);
      rows_ += count;
      first += count;
      if (rows_ == kGroupRows || held() >= kGroupBytes) write_group();
    }
  }

  void end(const Summary& summary) override {
    if (schema_ == nullptr || !summary.status.ok()) return;
    if (rows_ != 0) write_group();
    write_footer(summary);
    output_.flush();
  }

 private:
  size_t held() const {
    size_t bytes = 0;
    for (const auto& chunk : chunks_) bytes += chunk->held();
    return bytes;
  }

  // Offsets count from the first byte of the file.
  void write(std::string_view bytes) {
    if (offset_ == 0) {
      output_.text().append(kMagic);
      offset_ = static_cast<int64_t>(kMagic.size());
    }
    output_.text().append(bytes);
    output_.commit();
    offset_ += static_cast<int64_t>(bytes.size());
  }

  void write_group() {
    RowGroup group{rows_, {}};
    for (const auto& column : chunks_) {
      ChunkPlace place{column->take(), 0, 0};
      place.packed_bytes = place.chunk.bytes.size();
      write({});  // the magic number, where this is the first
      place.offset = offset_;
      // Not assigned an empty one, which would keep the memory of the whole file.
      write(std::exchange(place.chunk.bytes, std::string()));
      group.columns.push_back(std::move(place));
    }
    groups_.push_back(std::move(group));
    rows_ = 0;
    output_.flush();
  }

  void write_footer(const Summary& summary) {
    CompactWriter footer;
    footer.i32(1, 2);  // the version of the format
    write_schema(footer);
    int64_t rows = 0;
    for (const RowGroup& group : groups_) rows += static_cast<int64_t>(group.rows);
    footer.i64(3, rows);
    footer.begin_list(4, CompactWriter::Element::kStruct, groups_.size());
    for (const RowGroup& group : groups_) write_row_group(group, footer);
    write_metadata(summary, footer);
    footer.binary(6, "pxq version " PXQ_VERSION);
    // Least and greatest values count only where the order is said: that of the type.
    footer.begin_list(7, CompactWriter::Element::kStruct, names_.size());
    for (size_t i = 0; i < names_.size(); ++i) {
      footer.begin_element();
      footer.begin_struct(1);
      footer.end_struct();
      footer.end_struct();
    }
    std::string bytes = footer.take();
    const auto size = static_cast<uint32_t>(bytes.size());
    for (uint32_t shift = 0; shift < 32; shift += 8) {
      bytes.push_back(static_cast<char>(size >> shift));
    }
    bytes.append(kMagic);
    write(bytes);
  }

  void write_schema(CompactWriter& footer) const {
    footer.begin_list(2, CompactWriter::Element::kStruct, names_.size() + 1);
    footer.begin_element();
    footer.binary(4, "schema");
    footer.i32(5, static_cast<int32_t>(names_.size()));
    footer.end_struct();
    for (size_t i = 0; i < names_.size(); ++i) {
      write_column(json_text(names_[i]), schema_->columns[i].type, footer);
    }
  }

  static void write_column(const std::string& name, DataType type, CompactWriter& footer) {
    footer.begin_element();
    footer.i32(1, static_cast<int32_t>(parquet::physical_type(type)));
    if (type == DataType::kUint128) footer.i32(2, parquet::kUuidBytes);
    footer.i32(3, 0);  // REQUIRED
    footer.binary(4, name);
    if (type == DataType::kString) footer.i32(6, 0);  // UTF8, for readers of the first version
    write_logical_type(type, footer);
    footer.end_struct();
  }

  static void write_logical_type(DataType type, CompactWriter& footer) {
    constexpr int16_t kString = 1, kTimestamp = 8, kUuid = 14;
    if (type == DataType::kString || type == DataType::kUint128) {
      footer.begin_struct(10);
      footer.begin_struct(type == DataType::kString ? kString : kUuid);
      footer.end_struct();
      footer.end_struct();
    } else if (type == DataType::kTime64Ns) {
      footer.begin_struct(10);
      footer.begin_struct(kTimestamp);
      footer.boolean(1, true);  // in UTC
      footer.begin_struct(2);
      footer.begin_struct(3);  // nanoseconds
      footer.end_struct();
      footer.end_struct();
      footer.end_struct();
      footer.end_struct();
    }
  }

  void write_row_group(const RowGroup& group, CompactWriter& footer) const {
    int64_t raw = 0, packed = 0;
    footer.begin_element();
    footer.begin_list(1, CompactWriter::Element::kStruct, group.columns.size());
    for (size_t i = 0; i < group.columns.size(); ++i) {
      const ChunkPlace& place = group.columns[i];
      raw += static_cast<int64_t>(place.chunk.raw_bytes);
      packed += static_cast<int64_t>(place.packed_bytes);
      write_chunk(i, place, group.rows, footer);
    }
    footer.i64(2, raw);
    footer.i64(3, static_cast<int64_t>(group.rows));
    if (const auto order = order_of(group)) {
      footer.begin_list(4, CompactWriter::Element::kStruct, 1);
      footer.begin_element();
      footer.i32(1, static_cast<int32_t>(*order));
      footer.boolean(2, false);  // ascending
      footer.boolean(3, false);  // there are no nulls that could come first
      footer.end_struct();
    }
    if (!group.columns.empty()) footer.i64(5, group.columns[0].offset);
    footer.i64(6, packed);
    footer.end_struct();
  }

  /// The column of moments by which the rows are in order, if they are: who wants no moments need
  /// not read them to know.
  std::optional<size_t> order_of(const RowGroup& group) const {
    const auto time = time_column(schema_->columns);
    return time && group.columns[*time].chunk.ascending ? time : std::nullopt;
  }

  void write_chunk(size_t column, const ChunkPlace& place, size_t rows,
                   CompactWriter& footer) const {
    using parquet::Encoding;
    const EncodedChunk& chunk = place.chunk;
    footer.begin_element();
    footer.i64(2, 0);  // no metadata beside the footer's
    footer.begin_struct(3);
    footer.i32(1, static_cast<int32_t>(parquet::physical_type(schema_->columns[column].type)));
    footer.begin_list(2, CompactWriter::Element::kI32, chunk.dictionary ? 2 : 1);
    footer.element(static_cast<int32_t>(Encoding::kPlain));
    if (chunk.dictionary) footer.element(static_cast<int32_t>(Encoding::kDictionary));
    footer.begin_list(3, CompactWriter::Element::kBinary, 1);
    footer.element(std::string_view(json_text(names_[column])));
    footer.i32(4, parquet::kZstd);
    footer.i64(5, static_cast<int64_t>(rows));
    footer.i64(6, static_cast<int64_t>(chunk.raw_bytes));
    footer.i64(7, static_cast<int64_t>(place.packed_bytes));
    footer.i64(9, place.offset + static_cast<int64_t>(chunk.data_offset));
    if (chunk.dictionary) footer.i64(11, place.offset);
    footer.begin_struct(12);
    footer.i64(3, 0);  // nulls
    if (chunk.greatest) footer.binary(5, *chunk.greatest);
    if (chunk.least) footer.binary(6, *chunk.least);
    footer.end_struct();
    footer.end_struct();
    footer.end_struct();
  }

  void write_metadata(const Summary& summary, CompactWriter& footer) const {
    std::vector<std::pair<std::string, std::string>> pairs = {
        {"pxq.table", json_text(schema_->name)},
        {"pxq.columns", columns_json(*schema_).dump()},
        {"pxq.verdict", summary.limited ? "limited" : "complete"}};
    if (options_.page != nullptr) {
      const chart::PagePlan& page = *options_.page;
      if (!page.script.empty()) pairs.emplace_back("pxq.script", json_text(page.script));
      if (!page.cluster.empty()) pairs.emplace_back("pxq.cluster", json_text(page.cluster));
      if (page.started_ns != 0) pairs.emplace_back("pxq.started", rfc3339_text(page.started_ns));
      if (page.window_end_ns != 0) {
        pairs.emplace_back("pxq.window_start", rfc3339_text(page.window_start_ns));
        pairs.emplace_back("pxq.window_end", rfc3339_text(page.window_end_ns));
      }
    }
    footer.begin_list(5, CompactWriter::Element::kStruct, pairs.size());
    for (const auto& [key, value] : pairs) {
      footer.begin_element();
      footer.binary(1, key);
      footer.binary(2, value);
      footer.end_struct();
    }
  }

  const FormatOptions options_;
  Output& output_;
  const Schema* schema_ = nullptr;
  std::vector<std::string> names_;  // of the columns, each once
  std::vector<std::unique_ptr<ColumnChunk>> chunks_;
  size_t rows_ = 0;     // in `chunks_`
  int64_t offset_ = 0;  // of the next byte
  std::vector<RowGroup> groups_;
};

std::unique_ptr<ResultSink> make(const FormatOptions& options, Output& output) {
  return std::make_unique<Parquet>(options, output);
}

}  // namespace

const Format kParquetFormat = {
    .name = "parquet",
    .extension = "parquet",
    .description = "typed columns for duckdb, pandas, polars and Spark, packed with zstd",
    .form = Format::Form::kBinary,
    .one_table = true,
    .heeds = {.bytes = true, .script_labels = true, .no_empty_file = true},
    .make = make};

}  // namespace pxq
