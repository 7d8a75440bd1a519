#include "export/window_plan.h"

#include <algorithm>

namespace pxq {
namespace {

// How far back a table's rows have to be asked for.
int64_t look_back(const TableState& table, const WindowOptions& options, bool alone) {
  const int64_t overlap = options.overlap.count();
  int64_t from = std::min(earlier(table.watermark_ns, overlap), table.dedup_from_ns);
  for (const Origin origin : table.behind) {
    const auto last = table.last_rows.find(origin);
    if (last != table.last_rows.end()) from = std::min(from, last->second.time_ns);
  }
  if (!table.dedup_window.empty()) return from;
  int64_t last = INT64_MIN;
  for (const auto& [origin, row] : table.last_rows) last = std::max(last, row.time_ns);
  if (last == INT64_MIN) return from;
  if (!alone && last < earlier(table.watermark_ns, kLongestLookBack)) return from;
  return std::min(from, last);
}

}  // namespace

int64_t earlier(int64_t time_ns, int64_t by_ns) {
  return time_ns < INT64_MIN + by_ns ? INT64_MIN : time_ns - by_ns;
}

int64_t floor_to(int64_t time_ns, int64_t step_ns) {
  if (step_ns <= 0) return time_ns;
  const int64_t rest = time_ns % step_ns;
  return earlier(time_ns, rest < 0 ? rest + step_ns : rest);
}

int64_t window_end(int64_t now_ns, const WindowOptions& options) {
  return floor_to(earlier(now_ns, options.lag.count()), options.align.count());
}

Window plan_window(const ExportState& state, const WindowOptions& options) {
  Window window;
  window.end_ns = window_end(options.now_ns, options);
  window.start_ns = floor_to(options.first_start_ns.value_or(0), options.align.count());
  if (state.tables.empty()) {
    window.start_ns = state.reached_ns.value_or(window.start_ns);
    window.query_start_ns = window.start_ns;
    return window;
  }
  window.start_ns = INT64_MAX;
  window.query_start_ns = INT64_MAX;
  for (const auto& [name, table] : state.tables) {
    window.start_ns = std::min(window.start_ns, table.watermark_ns);
    window.query_start_ns =
        std::min(window.query_start_ns, look_back(table, options, state.tables.size() == 1));
  }
  // A bin that is asked for in part would be another row than the whole one.
  window.query_start_ns = floor_to(window.query_start_ns, options.align.count());
  return window;
}

}  // namespace pxq
