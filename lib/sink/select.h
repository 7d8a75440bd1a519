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
  std::vector<std::string> tables = {};  // by name; empty: all
  std::vector<std::string> promised =
      {};                                 // tables that are known to come, though not announced yet
  std::vector<std::string> columns = {};  // to keep, in this order, or to drop; empty: all
  bool drop_columns = false;
  std::optional<uint64_t> limit = {};  // rows of each table

  bool everything() const { return tables.empty() && columns.empty() && !limit; }
};

/// Reads `a,b` (keep, in this order) or `-a,-b` (drop) into `selection`.
Status parse_columns(std::string_view text, Selection& selection);

/// Passes on the selected tables, columns and rows. Names are settled before rows: tables wait
/// until the first row of any, and where a table or column that was asked for is not there, which
/// is its failure, nothing is passed on at all. A name may differ from the real one in case. It is
/// satisfied when each selected table has its --limit of rows.
class Select final : public ResultSink {
 public:
  Select(Selection selection, ResultSink& next);

  void begin(const Schema& schema) override;
  void rows(const Schema& schema, const RowBatch& batch) override;
  void end(const Summary& summary) override;

  const Status& status() const override { return status_; }
  bool satisfied() const override;

  /// Rows that came were beyond --limit.
  bool cut() const { return cut_; }

 private:
  struct Table {
    Schema schema;                // as passed on
    std::vector<size_t> columns;  // of the batch; unused when all are kept
    uint64_t rows = 0;
  };

  void settle();
  void resolve_tables();
  void admit(const Schema& schema);
  bool wanted(const std::string& table) const;
  Status no_table(const std::string& name) const;
  void choose_columns(const Schema& schema, Table& table);
  void pass_on(Table& table, const RowBatch& batch, size_t count);

  Selection selection_;
  ResultSink& next_;
  std::deque<Table> tables_;
  std::map<const Schema*, Table*> by_schema_;
  std::vector<const Schema*> waiting_;   // announced before the first row
  std::vector<std::string> seen_;        // names of all tables
  std::vector<std::string> unresolved_;  // promised, and not yet announced
  bool settled_ = false;
  bool cut_ = false;
  RowBatch scratch_;
  Status status_;
};

}  // namespace pxq
