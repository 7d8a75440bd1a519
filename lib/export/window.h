#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "export/watermark.h"
#include "sink/result_sink.h"

namespace pxq {

/// How a job's windows are laid. Unix nanoseconds; durations are not negative.
struct WindowOptions {
  int64_t now_ns = 0;
  Duration lag{0};      // the window ends this long before now: younger rows may be incomplete
  Duration overlap{0};  // how late a row may arrive and still be exported, once
  std::optional<int64_t> first_start_ns = {};  // of the first run; nothing: all that is still held
};

/// One run's half-open windows: rows with start <= time_ < end are new; those in
/// [query_start, start) were asked for again, to find the late ones.
struct Window {
  int64_t query_start_ns = 0;
  int64_t start_ns = 0;  // of tables without a watermark of their own
  int64_t end_ns = 0;

  /// The last run reached as far already: nothing to do.
  bool empty() const { return start_ns >= end_ns; }
};

Window plan_window(const ExportState& state, const WindowOptions& options);

/// Rows that were gone before they could be exported: all of `table` in [from, to).
struct Gap {
  std::string table;
  int64_t from_ns = 0;
  int64_t to_ns = 0;
  /// Rows that were exported at the last run's end are gone. Else the oldest row is just younger
  /// than the watermark, which an idle table looks like too.
  bool certain = false;
};

/// What a run exported of one table.
struct WindowedTable {
  std::string name;
  int64_t start_ns = 0;
  int64_t end_ns = 0;
  uint64_t rows = 0;       // exported
  uint64_t late_rows = 0;  // of those, before the start: they had arrived too late last time
  uint64_t doubled = 0;    // not exported, because the last run had
  uint64_t outside = 0;    // not exported, because outside what was asked for
  bool too_young = false;  // all rows received were, behind the end
  std::optional<int64_t> first_ns, last_ns;  // of the exported rows
};

/// Passes on each row exactly once over all runs of a job. A row with time_ in [start, end) is
/// passed on; one before the start, down to `overlap` before it, only if the seam (the rows that
/// earlier runs exported in that stretch, each with its count) does not hold it; all others are
/// left for the next window or were exported long ago. Rows are the same if all their cells are, so
/// a script that puts the time of asking into a column is not deduplicated. Memory: the rows of the
/// overlap, some 100 bytes each. A table without a time_ column of type TIME64NS, or a second one
/// of the same name, is kUsage in status().
class WindowSink final : public ResultSink {
 public:
  /// `state` is the last run's; an empty one at first.
  WindowSink(ExportState state, const Window& window, Duration overlap, ResultSink& next);

  void begin(const Schema& schema) override;
  void rows(const Schema& schema, const RowBatch& batch) override;
  void end(const Summary& summary) override;

  const Status& status() const override { return status_; }

  /// After end(): what the next run has to know, to be saved with the rows.
  ExportState next_state() const;
  std::vector<WindowedTable> tables() const;
  std::vector<Gap> gaps() const;

 private:
  struct Table {
    const Schema* schema = nullptr;
    size_t time_column = 0;
    bool had_state = false;
    int64_t late_from_ns = 0;  // how far back late rows are taken
    Seam before;               // the last run's rows, fewer as they are met again
    Seam all;                  // the last run's rows and this run's
    bool met_old_row = false;
    std::optional<int64_t> oldest_ns;  // of all rows received
    WindowedTable facts;
  };

  bool wanted(Table& table, const RowBatch& batch, size_t row);
  bool exported_before(Table& table, const SeamRow& row);
  std::optional<Gap> gap(const Table& table) const;

  ExportState state_;
  Window window_;
  int64_t overlap_ns_;
  ResultSink& next_;
  std::deque<Table> tables_;
  std::map<const Schema*, Table*> by_schema_;
  Status status_;
};

}  // namespace pxq
