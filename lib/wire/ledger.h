#pragma once

#include <deque>
#include <map>
#include <string>
#include <string_view>

#include "model/row_batch.h"
#include "sink/summary.h"
#include "wire/decoder.h"

namespace pxq::wire {

/// Keeps account of a run and decides whether its result is whole: the RPC ended OK, no error
/// status came, every announced table reached its end of stream, and the final stats were seen. RPC
/// OK alone proves nothing: a displaced or cut stream can end with it (docs/wire.md,
/// the order of a stream). Nor does a resumed stream: what the server had sent before the cut and
/// we had not got is lost without a trace, so only tables that had ended by then are whole.
class Ledger {
 public:
  /// One announced table: its schema lives as long as the ledger; `batch` is room that is reused.
  struct Table {
    Schema schema;
    RowBatch batch;
    uint64_t rows = 0;
    uint64_t bytes = 0;
    bool eos = false;
    bool gap = false;
  };

  explicit Ledger(const DecodeLimits& limits) : limits_(limits) {}

  /// Enters a table. nullptr when the same metadata came before; an error when its id stands for
  /// another relation, or when there are too many tables.
  Result<Table*> announce(Schema schema);

  /// The table that a batch belongs to, or why there is none.
  Result<Table*> find(std::string_view table_id);

  /// Enters a decoded batch of `table`.
  Status enter(Table& table, const RowBatch& batch, size_t bytes);

  void enter_stats(const ExecutionStats& stats) { stats_ = stats; }
  Status enter_query_id(std::string_view query_id);

  /// The stream was cut here and goes on.
  void enter_gap();

  bool any_table() const { return !tables_.empty(); }
  size_t table_count() const { return tables_.size(); }
  uint64_t rows() const { return rows_; }
  const std::string& query_id() const { return query_id_; }
  bool all_ended() const;

  /// Empty if the books are balanced, else what is missing ("no end of stream for table 'x'").
  std::string what_is_missing() const;

  /// Closes the books. `status` is how the call ended; if it is ok, completeness has the last word.
  Summary close(Status status) const;

  /// Closes the books of a run that the user wanted no more of: ok, whatever is missing at the end.
  Summary close_early() const { return summarize(gaps()); }

 private:
  Status gaps() const;
  Summary summarize(Status status) const;

  DecodeLimits limits_;
  std::deque<Table> tables_;  // in order of arrival; addresses stay
  std::map<std::string, Table*, std::less<>> by_id_;
  std::optional<ExecutionStats> stats_;
  std::string query_id_;
  uint64_t rows_ = 0;
  uint64_t bytes_ = 0;
  uint64_t resumes_ = 0;
  uint64_t rows_before_gap_ = 0;  // the first
  size_t schema_bytes_ = 0;
};

}  // namespace pxq::wire
