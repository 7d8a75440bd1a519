#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/clock.h"
#include "export/watermark.h"

namespace pxq {

/// How far back a query reaches for the sake of few rows: of a rare table, which must not have
/// hours of the others asked for, or of a node whose clock is behind.
inline constexpr int64_t kLongestLookBack = 900'000'000'000;

/// How a job's windows are laid. Unix nanoseconds; durations are not negative.
struct WindowOptions {
  int64_t now_ns = 0;
  Duration lag{0};      // the window ends this long before now: younger rows may be incomplete
  Duration overlap{0};  // how late a row may arrive and still be exported, once
  std::optional<int64_t> first_start_ns = {};  // of the first run; nothing: all that is still held
  Duration align{0};                           // windows end on multiples of it; 0: anywhere
  bool may_count = true;  // rows may be counts of a stretch of time, which a window must not cut
  bool dedup = true;      // false: rows of the overlap are exported again
  /// What gives the rows: tells when it is not what the last run had. Empty: not known.
  std::string script = {};
  /// Rows of a table whose shape is another than the last run's are taken for exported where they
  /// are from before its watermark.
  bool known_by_time = false;
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

/// The last multiple of `step_ns` up to a time; 0: that time.
int64_t floor_to(int64_t time_ns, int64_t step_ns);

/// A time less a length of time, which stays in range however long that is.
int64_t earlier(int64_t time_ns, int64_t by_ns);

}  // namespace pxq
