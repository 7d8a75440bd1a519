#include "result/export_destination.h"

#include <utility>

namespace pxq {

ExportDestination::ExportDestination(std::unique_ptr<Destination> rows, Keep keep,
                                     Selection columns, ExportState state, const Window& window,
                                     const WindowOptions& options)
    : rows_(std::move(rows)),
      keep_(std::move(keep)),
      columns_(std::move(columns), *rows_),
      window_(std::move(state), window, options, columns_) {}

const Status& ExportDestination::status() const {
  if (!window_.status().ok()) return window_.status();
  return columns_.status().ok() ? rows_->status() : columns_.status();
}

Status ExportDestination::conclude(const Status& run) {
  Status ready = run.ok() ? status() : run;
  if (ready.ok()) ready = keep_(state_text(window_.next_state()));
  Status concluded = rows_->conclude(ready);
  return run.ok() && !ready.ok() ? ready : concluded;
}

}  // namespace pxq
