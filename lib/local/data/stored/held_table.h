#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "local/data/row_range.h"
#include "local/data/table_source.h"
#include "sink/result_sink.h"

namespace pxq::local {

/// A table whose rows are all in memory.
class HeldTable final : public TableSource {
 public:
  /// REQUIRES: rows by ascending `time_`, where there is one, at most kScanRows a batch.
  HeldTable(Schema schema, std::string description, std::vector<RowBatch> batches);

  std::string_view name() const override { return schema_.name; }
  std::string_view description() const override { return description_; }
  const std::vector<ColumnInfo>& relation() const override { return schema_.columns; }
  std::optional<TableExtent> extent() const override { return extent_; }
  Status scan(const ScanRequest& request, RowReceiver& receiver) const override;

 private:
  const Schema schema_;
  const std::string description_;
  const std::vector<RowBatch> batches_;
  const std::optional<size_t> time_;
  TableExtent extent_;
};

/// The rows of a batch that lie inside a window.
RowRange rows_inside(const Time64Column& times, const TimeWindow& window);

/// About what a batch takes in memory.
size_t batch_bytes(const RowBatch& batch);

/// Takes tables as a run brings them and makes held ones of them. A second table of one name is
/// `name#2`. Fails with kLimit where they need more memory than it may take.
class TableKeeper final : public ResultSink {
 public:
  void begin(const Schema& schema) override;
  void rows(const Schema& schema, const RowBatch& batch) override;
  void end(const Summary& /*summary*/) override {}
  const Status& status() const override { return status_; }

  /// Adds the tables to a set, and says from when to when they hold rows. `description` is of all.
  std::optional<TimeWindow> add_to(TableSet& tables, const std::string& description) &&;

 private:
  struct Table {
    const Schema* announced;
    Schema schema;
    std::vector<RowBatch> batches;
  };

  std::vector<Table> tables_;
  size_t bytes_ = 0;
  Status status_;
};

}  // namespace pxq::local
