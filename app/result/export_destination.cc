#include "result/export_destination.h"

#include <utility>

namespace pxq {

// Rows are known again by all their columns, also by those that are not written.
WindowSink& ExportDestination::build(Selection columns, ExportState state, const Window& window,
                                     const WindowOptions& options) {
  pipe_.put_before<Select>(std::move(columns));
  return pipe_.put_before<WindowSink>(std::move(state), window, options);
}

ExportDestination::ExportDestination(std::unique_ptr<Destination> rows, Keep keep,
                                     Selection columns, ExportState state, const Window& window,
                                     const WindowOptions& options)
    : rows_(std::move(rows)),
      keep_(std::move(keep)),
      pipe_(*rows_),
      window_(build(std::move(columns), std::move(state), window, options)) {}

Status ExportDestination::conclude(const Status& run) {
  Status ready = run.ok() ? status() : run;
  if (ready.ok()) ready = keep_(state_text(window_.next_state()));
  Status concluded = rows_->conclude(ready);
  return run.ok() && !ready.ok() ? ready : concluded;
}

}  // namespace pxq
