#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "export/gap.h"
#include "export/known_rows.h"
#include "export/time_bins.h"
#include "export/watermark.h"
#include "export/window_plan.h"
#include "sink/result_sink.h"

namespace pxq {

/// What a run exported of one table.
struct WindowedTable {
  std::string name;
  int64_t start_ns = 0;
  int64_t end_ns = 0;
  uint64_t rows = 0;        // exported
  uint64_t late_rows = 0;   // of those, before the start: they had arrived too late last time
  uint64_t doubled = 0;     // not exported, because the last run had
  uint64_t outside = 0;     // not exported, because outside what was asked for
  uint64_t too_late = 0;    // of those, rows that nobody exported: they came later than the overlap
  uint64_t dedup_rows = 0;  // exported by earlier runs, that should have been met again
  uint64_t dedup_rows_missing = 0;           // of those, met nowhere
  uint64_t dedup_rows_changed = 0;           // met with another content: exported again
  uint64_t by_time = 0;                      // taken for exported by nothing but their time
  bool shortened = false;                    // too many for all to be kept in mind
  bool edited = false;                       // the script or the columns are not the last run's
  bool too_young = false;                    // all rows received were, behind the end
  std::optional<int64_t> first_ns, last_ns;  // of the exported rows
};

/// Passes on each row exactly once over all runs of a job. A row with time_ in [start, end) is
/// passed on; one before the start, down to `overlap` before it, only if the dedup window (the rows
/// that earlier runs exported in that stretch, each with its count) does not hold it, or if it is
/// younger than all that were exported of its node; all others are left for the next window or were
/// exported long ago. Rows are the same if RowIdentity says so.
/// Memory: the rows of twice the overlap, some 100 bytes each, of each table not more than a ninth
/// beyond kMostKnownRows. In status(): a table without a time_
/// column of type TIME64NS, or a second one of the same name, is kUsage; rows that cannot be known
/// again are kLimit.
class WindowSink final : public ResultSink {
 public:
  /// `state` is the last run's; an empty one at first.
  WindowSink(ExportState state, const Window& window, const WindowOptions& options,
             ResultSink& next);

  void begin(const Schema& schema) override;
  void rows(const Schema& schema, const RowBatch& batch) override;
  void end(const Summary& summary) override;

  /// Hears the time of the first row that is passed on, before it is; without one, at the end, that
  /// of the window's last moment.
  void when_first(std::function<void(int64_t time_ns)> hear) { hear_first_ = std::move(hear); }

  const Status& status() const override { return status_; }

  /// After end(): what the next run has to know, to be saved with the rows.
  ExportState next_state() const;
  const Window& window() const { return window_; }
  /// The run failed because the script or the columns were changed, and rows with them that cannot
  /// be known again: another one may know them by their time.
  bool unlike() const { return unlike_; }
  std::vector<WindowedTable> tables() const;
  /// Those that this run found.
  const std::vector<Gap>& gaps() const { return gaps_; }

 private:
  struct Table {
    const Schema* schema = nullptr;
    size_t time_column = 0;
    RowIdentity identity;
    int64_t late_from_ns = 0;          // how far back late rows are taken
    int64_t dedup_from_ns = 0;         // how far back all rows are known
    const TableState* last = nullptr;  // none: the table is new
    KnownRows known;
    DedupWindow fresh;  // what this run exported of the stretch that the next one has to know
    int64_t fresh_from_ns = INT64_MIN;  // as far as it is kept
    std::map<Origin, DedupRow> last_rows;
    std::map<Origin, NewRows> seen;
    std::optional<int64_t> oldest_ns;  // of all rows received
    TimeBins bins;
    bool found_gap = false;
    std::string shape;
    bool by_time = false;  // rows before the start are taken for exported
    WindowedTable facts;
  };

  bool wanted(Table& table, const RowBatch& batch, size_t row);
  void recall(Table& table, const TableState& last);
  bool late_wanted(Table& table, const RowBatch& batch, size_t row, int64_t time);
  bool old_wanted(Table& table, const RowBatch& batch, size_t row, int64_t time);
  void note_late(Table& table, int64_t time) const;
  void remember(Table& table, const DedupRow& row) const;
  void look(Table& table, int64_t time, Origin origin) const;
  void note_last_rows(Table& table, const RowBatch& batch, const std::vector<size_t>& kept) const;
  void judge(Table& table);
  void judge_by_time(Table& table);
  GapQuestion question(const Table& table) const;
  void keep(Table& table, const std::vector<Gap>& gaps);
  int64_t asked_from(const Table& table) const;
  int64_t keep_from(int64_t watermark_ns) const;
  Status doubt(const Table& table, const KnownRows::Evidence& evidence) const;

  ExportState state_;
  Window window_;
  WindowOptions options_;
  int64_t overlap_ns_;
  ResultSink& next_;
  std::deque<Table> tables_;
  std::map<const Schema*, Table*> by_schema_;
  std::vector<Gap> gaps_;
  std::function<void(int64_t)> hear_first_;
  bool unlike_ = false;
  Status status_;
};

}  // namespace pxq
