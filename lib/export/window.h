#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "export/gap.h"
#include "export/known_rows.h"
#include "export/watermark.h"
#include "sink/result_sink.h"

namespace pxq {

/// How a job's windows are laid. Unix nanoseconds; durations are not negative.
struct WindowOptions {
  int64_t now_ns = 0;
  Duration lag{0};      // the window ends this long before now: younger rows may be incomplete
  Duration overlap{0};  // how late a row may arrive and still be exported, once
  std::optional<int64_t> first_start_ns = {};  // of the first run; nothing: all that is still held
  Duration align{0};                           // windows end on multiples of it; 0: anywhere
  bool dedup = true;                           // false: rows of the overlap are exported again
};

/// One run's half-open windows: rows with start <= time_ < end are new; those in
/// [query_start, start) were asked for again, to find the late ones and to see what is forgotten.
struct Window {
  int64_t query_start_ns = 0;
  int64_t start_ns = 0;  // of tables without a watermark of their own
  int64_t end_ns = 0;
  /// Whether the script gives all rows from query_start on; else it has a start of its own, and
  /// rows that are older than its oldest one may only not have been asked for.
  bool asked_back = true;

  /// The last run reached as far already: nothing to do.
  bool empty() const { return start_ns >= end_ns; }
};

Window plan_window(const ExportState& state, const WindowOptions& options);

/// Where a window ends that is asked for at `now_ns`.
int64_t window_end(int64_t now_ns, const WindowOptions& options);

/// What a run exported of one table.
struct WindowedTable {
  std::string name;
  int64_t start_ns = 0;
  int64_t end_ns = 0;
  uint64_t rows = 0;       // exported
  uint64_t late_rows = 0;  // of those, before the start: they had arrived too late last time
  uint64_t doubled = 0;    // not exported, because the last run had
  uint64_t outside = 0;    // not exported, because outside what was asked for
  uint64_t too_late = 0;   // of those, rows that nobody exported: they came later than the overlap
  uint64_t seam_rows = 0;  // exported by earlier runs, that should have been met again
  uint64_t seam_rows_missing = 0;            // of those, met nowhere
  uint64_t seam_rows_changed = 0;            // met with another content: exported again
  bool too_young = false;                    // all rows received were, behind the end
  std::optional<int64_t> first_ns, last_ns;  // of the exported rows
};

/// Passes on each row exactly once over all runs of a job. A row with time_ in [start, end) is
/// passed on; one before the start, down to `overlap` before it, only if the seam (the rows that
/// earlier runs exported in that stretch, each with its count) does not hold it; all others are
/// left for the next window or were exported long ago. Rows are the same if RowIdentity says so.
/// Memory: the rows of twice the overlap, some 100 bytes each. In status(): a table without a time_
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

  /// Before any rows: the window ends there, if that is earlier than was planned.
  void end_at(int64_t end_ns);

  const Status& status() const override { return status_; }

  /// After end(): what the next run has to know, to be saved with the rows.
  ExportState next_state() const;
  const Window& window() const { return window_; }
  std::vector<WindowedTable> tables() const;
  /// Those that this run found.
  const std::vector<Gap>& gaps() const { return gaps_; }

 private:
  struct Table {
    const Schema* schema = nullptr;
    size_t time_column = 0;
    RowIdentity identity;
    int64_t late_from_ns = 0;          // how far back late rows are taken
    int64_t seam_from_ns = 0;          // how far back all rows are known
    const TableState* last = nullptr;  // none: the table is new
    KnownRows known;
    Seam fresh;  // what this run exported of the stretch that the next one has to know
    std::map<Origin, SeamRow> last_rows;
    std::map<Origin, NewRows> seen;
    std::optional<int64_t> oldest_ns;  // of all rows received
    int64_t step_ns = 0;               // all times are multiples of it
    int64_t last_time_ns = 0;
    uint64_t times = 0;  // how often another time came
    bool found_gap = false;
    WindowedTable facts;
  };

  bool wanted(Table& table, const RowBatch& batch, size_t row);
  bool late_wanted(Table& table, const RowBatch& batch, size_t row, int64_t time);
  void look(Table& table, int64_t time, Origin origin) const;
  void note_last_rows(Table& table, const RowBatch& batch, const std::vector<size_t>& kept) const;
  void judge(Table& table);
  int64_t asked_from(const Table& table) const;
  int64_t keep_from(int64_t watermark_ns) const;
  Status doubt(const Table& table, const KnownRows::Evidence& evidence) const;
  Status half_bins(const Table& table) const;

  ExportState state_;
  Window window_;
  WindowOptions options_;
  int64_t overlap_ns_;
  ResultSink& next_;
  std::deque<Table> tables_;
  std::map<const Schema*, Table*> by_schema_;
  std::vector<Gap> gaps_;
  Status status_;
};

}  // namespace pxq
