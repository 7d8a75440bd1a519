#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "export/window.h"
#include "output/destination.h"
#include "result/shaping.h"
#include "sink/pipe.h"
#include "sink/select.h"

namespace pxq {

/// Another destination that gets each row of a job exactly once over all its runs, and with the
/// rows the state by which the next run knows them.
class ExportDestination final : public Destination {
 public:
  /// Completes the state and puts it where it appears together with the rows.
  using Keep = std::function<Status(Destination& rows, ExportState& state)>;

  ExportDestination(std::unique_ptr<Destination> rows, Keep keep, Selection columns,
                    const Shape& shape, ExportState state, const Window& window,
                    const WindowOptions& options);

  const Status& status() const override { return pipe_.status(); }
  Status conclude(const Status& run) override;
  std::vector<FileReport> files() const override { return rows_->files(); }

  const WindowSink& window() const { return window_; }
  WindowSink& window() { return window_; }
  const Shaping& shaping() const { return shaping_; }

  /// After conclude(): what the next run finds.
  const ExportState& kept_state() const { return kept_; }

  /// After conclude(): tables that the script has no longer, and up to where they were exported.
  const std::vector<std::pair<std::string, int64_t>>& retired() const { return retired_; }
  /// Those of which so many rows came within the overlap that only the youngest are known again.
  const std::vector<std::string>& shortened() const { return shortened_; }

 private:
  ResultSink& sink() override { return pipe_; }
  ExportState next_state();
  WindowSink& build(Selection columns, const Shape& shape, ExportState state, const Window& window,
                    const WindowOptions& options);

  std::unique_ptr<Destination> rows_;
  Keep keep_;
  int64_t window_end_ns_;
  ExportState kept_;
  std::vector<std::pair<std::string, int64_t>> retired_;
  std::vector<std::string> shortened_;
  Pipe pipe_;
  Shaping shaping_;
  WindowSink& window_;
};

}  // namespace pxq
