#pragma once

#include <deque>
#include <string>

#include "sink/result_sink.h"

namespace pxq {

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
  void tick() override { next_.tick(); }

  /// The document's bytes.
  std::string text() const;

 private:
  ResultSink& next_;
  std::deque<Schema> schemas_;
};

}  // namespace pxq
