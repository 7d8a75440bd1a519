#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sink/result_sink.h"

namespace pxq {

/// Which part of a result the user asked for.
struct Selection {
  std::vector<std::string> tables = {};   // by name; empty: all
  std::vector<std::string> columns = {};  // to keep, in this order, or to drop; empty: all
  bool drop_columns = false;
  std::optional<uint64_t> limit = {};  // rows of each table

  bool everything() const { return tables.empty() && columns.empty() && !limit; }
};

/// Reads `a,b` (keep, in this order) or `-a,-b` (drop) into `selection`.
Status parse_columns(std::string_view text, Selection& selection);

/// Passes on the selected tables, columns and rows. What was asked for and is not there is its
/// failure; it is satisfied when each selected table has its --limit of rows.
class Select final : public ResultSink {
 public:
  Select(Selection selection, ResultSink& next);

  void begin(const Schema& schema) override;
  void rows(const Schema& schema, const RowBatch& batch) override;
  void end(const Summary& summary) override;

  const Status& status() const override { return status_; }
  bool satisfied() const override;

 private:
  struct Table {
    Schema schema;                // as passed on
    std::vector<size_t> columns;  // of the batch; unused when all are kept
    uint64_t rows = 0;
  };

  bool wanted(const std::string& table) const;
  void choose_columns(const Schema& schema, Table& table);
  void pass_on(Table& table, const RowBatch& batch, size_t count);

  Selection selection_;
  ResultSink& next_;
  std::deque<Table> tables_;
  std::map<const Schema*, Table*> by_schema_;
  std::vector<std::string> seen_;  // names of all tables, for the message
  RowBatch scratch_;
  Status status_;
};

}  // namespace pxq
