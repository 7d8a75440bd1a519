#include <algorithm>
#include <iterator>
#include <set>

#include "export/window.h"

namespace pxq {
namespace {

/// Rows from before the overlap that a state keeps at most: they only count what came too late.
constexpr size_t kMostRowsBehind = size_t{1} << 15;

/// Nodes of which a state keeps the last row.
constexpr size_t kMostOrigins = 256;

// Nodes that gave no row as young as the others' ones, ever. One that did is idle without them.
std::set<Origin> nodes_behind(const TableState* last, const TableState& next) {
  std::set<Origin> behind;
  for (const auto& [origin, row] : next.last_rows) {
    if (row.time_ns >= next.dedup_from_ns) continue;
    if (row.time_ns < earlier(next.watermark_ns, kLongestLookBack)) continue;
    const bool is_new = last == nullptr || !last->last_rows.contains(origin);
    if (is_new || last->behind.contains(origin)) behind.insert(origin);
  }
  return behind;
}

// Leaves no more rows from before the overlap than are bearable.
void forget_behind(TableState& state, int64_t overlap_from_ns) {
  auto at = state.dedup_window.lower_bound({overlap_from_ns, {}});
  for (size_t rows = 0; at != state.dedup_window.begin() && rows < kMostRowsBehind; ++rows) --at;
  if (at == state.dedup_window.begin()) return;
  // All rows of a moment go or stay: what is known is known from there on.
  state.dedup_from_ns = std::prev(at)->first.time_ns + 1;
  state.dedup_window.erase(state.dedup_window.begin(),
                           state.dedup_window.lower_bound({state.dedup_from_ns, {}}));
}

}  // namespace

int64_t WindowSink::keep_from(int64_t watermark_ns) const {
  // Twice the overlap: rows of the first may come again, and those of the second tell what came too
  // late to be taken.
  const int64_t once = earlier(watermark_ns, overlap_ns_);
  return earlier(once, overlap_ns_);
}

ExportState WindowSink::next_state() const {
  ExportState next = state_;
  for (const Table& table : tables_) {
    TableState& state = next.tables[table.facts.name];
    state.watermark_ns = std::max(table.facts.start_ns, table.facts.end_ns);
    // A row that the server did not return this time may be back the next.
    state.dedup_from_ns =
        std::max({table.dedup_from_ns, table.fresh_from_ns, keep_from(state.watermark_ns)});
    state.dedup_window.erase(state.dedup_window.begin(),
                             state.dedup_window.lower_bound({state.dedup_from_ns, {}}));
    if (table.by_time) state.dedup_window.clear();
    for (auto at = table.fresh.lower_bound({state.dedup_from_ns, {}}); at != table.fresh.end();
         ++at) {
      state.dedup_window[at->first] += at->second;
    }
    forget_behind(state, earlier(state.watermark_ns, overlap_ns_));
    state.last_rows = table.last_rows;
    while (state.last_rows.size() > kMostOrigins) {
      state.last_rows.erase(std::ranges::min_element(
          state.last_rows, {}, [](const auto& entry) { return entry.second.time_ns; }));
    }
    state.behind.clear();
    if (table.identity.has_origins()) state.behind = nodes_behind(table.last, state);
    state.shape = table.shape;
    if (table.found_gap) state.evidence_from_ns = table.facts.start_ns;
  }
  next.untold_gaps.insert(next.untold_gaps.end(), gaps_.begin(), gaps_.end());
  return next;
}

}  // namespace pxq
