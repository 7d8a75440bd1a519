#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "export/window.h"
#include "output/destination.h"
#include "sink/pipe.h"
#include "sink/select.h"

namespace pxq {

/// Another destination that gets each row of a job exactly once over all its runs, and with the
/// rows the state by which the next run knows them.
class ExportDestination final : public Destination {
 public:
  /// Puts the state where it appears together with the rows.
  using Keep = std::function<Status(const std::string& state)>;

  ExportDestination(std::unique_ptr<Destination> rows, Keep keep, Selection columns,
                    ExportState state, const Window& window, const WindowOptions& options);

  const Status& status() const override { return pipe_.status(); }
  Status conclude(const Status& run) override;
  std::vector<FileReport> files() const override { return rows_->files(); }

  const WindowSink& window() const { return window_; }
  WindowSink& window() { return window_; }

 private:
  ResultSink& sink() override { return pipe_; }
  WindowSink& build(Selection columns, ExportState state, const Window& window,
                    const WindowOptions& options);

  std::unique_ptr<Destination> rows_;
  Keep keep_;
  Pipe pipe_;
  WindowSink& window_;
};

}  // namespace pxq
