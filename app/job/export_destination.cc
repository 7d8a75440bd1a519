#include "job/export_destination.h"

#include <algorithm>
#include <set>
#include <utility>

#include "export/dedup_text.h"

namespace pxq {

// Rows are known again by all their columns as they came, also by those that are not written.
WindowSink& ExportDestination::build(Selection columns, const Shape& shape, ExportState state,
                                     const Window& window, const WindowOptions& options) {
  shaping_.put_last(shape, pipe_);
  pipe_.put_before<Select>(std::move(columns));
  if (shape.before_limit()) shaping_.put_first(shape, {}, pipe_);
  return pipe_.put_before<WindowSink>(std::move(state), window, options);
}

ExportDestination::ExportDestination(std::unique_ptr<Destination> rows, Keep keep,
                                     Selection columns, const Shape& shape, ExportState state,
                                     const Window& window, const WindowOptions& options)
    : rows_(std::move(rows)),
      keep_(std::move(keep)),
      window_end_ns_(window.end_ns),
      pipe_(*rows_),
      window_(build(std::move(columns), shape, std::move(state), window, options)) {
  if (window.start_ns > 0) return;
  constexpr int64_t kSecond = 1'000'000'000;
  window_.when_first([this](int64_t time_ns) {
    rows_->start_at(time_ns < 0 ? time_ns : time_ns - time_ns % kSecond);
  });
}

Status ExportDestination::conclude(const Status& run) {
  Status ready = run.ok() ? status() : run;
  if (ready.ok()) {
    kept_ = next_state();
    kept_.spellings = rows_->spellings();
    ready = keep_(*rows_, kept_);
  }
  Status concluded = rows_->conclude(ready);
  return run.ok() && !ready.ok() ? ready : concluded;
}

// A script that was edited may have no table of that name any more: its watermark would hold the
// windows back for ever.
ExportState ExportDestination::next_state() {
  ExportState next = window_.next_state();
  std::set<std::string> announced;
  int64_t reached_ns = window_end_ns_;
  std::set<std::string> shortened;
  for (const WindowedTable& table : window_.tables()) {
    announced.insert(table.name);
    if (table.shortened) shortened.insert(table.name);
    reached_ns = std::min(reached_ns, table.end_ns);
  }
  next.reached_ns = std::max(reached_ns, next.reached_ns.value_or(reached_ns));
  for (auto table = next.tables.begin(); table != next.tables.end();) {
    if (announced.contains(table->first)) {
      const int64_t from_ns = table->second.dedup_from_ns;
      bound_dedup_window(table->second, kMostKnownRows);
      if (table->second.dedup_from_ns != from_ns || shortened.contains(table->first)) {
        shortened_.push_back(table->first);
      }
      ++table;
    } else {
      retired_.push_back({table->first, table->second.watermark_ns});
      table = next.tables.erase(table);
    }
  }
  return next;
}

}  // namespace pxq
