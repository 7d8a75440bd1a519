#pragma once

#include <deque>
#include <string>
#include <string_view>

#include "sink/result_sink.h"

namespace pxq {

/// The unit in which machine formats write a column's values: "ns", "bytes", "1/ns", "bytes/ns",
/// "fraction" (a percentage as 0 to 1), "ns since 1970-01-01T00:00:00Z"; empty where there is none.
std::string_view unit_of(const ColumnInfo& column);

/// Collects what --schema writes beside the data: for each table its columns with type, semantic
/// type, unit and description, as a JSON document that only ever gains members:
/// {"version":1,"tables":[{"name":..,"columns":[{"name":..,"type":"INT64","semantic_type":"BYTES",
/// "unit":"bytes","description":..}]}]}. Names that are not UTF-8 take the form of text/json.h.
class SchemaFile final : public ResultSink {
 public:
  explicit SchemaFile(ResultSink& next) : next_(next) {}

  void begin(const Schema& schema) override;
  void rows(const Schema& schema, const RowBatch& batch) override { next_.rows(schema, batch); }
  void end(const Summary& summary) override { next_.end(summary); }

  /// The document's bytes.
  std::string text() const;

 private:
  ResultSink& next_;
  std::deque<Schema> schemas_;
};

}  // namespace pxq
