#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "base/clock.h"
#include "cli/command.h"
#include "local/snapshot/contents.h"
#include "wire/run_events.h"

namespace pxq {

/// Tells how far the taking of a snapshot is, over all that a cluster is asked for it: one line on
/// a terminal, as `pxq run` has it. What goes wrong in between goes on to those who hear of runs.
class SnapshotProgress final : public wire::RunEvents {
 public:
  SnapshotProgress(Context& context, wire::RunEvents& next) : context_(context), next_(next) {}

  /// What is asked next, in words.
  void phase(std::string words);
  /// The rows of one of `slices` are asked next; `number` counts from 1.
  void slice(size_t number, size_t slices);
  /// So many rows were read, and some of them are written already.
  void wrote(uint64_t rows, const local::snapshot::Contents& contents);
  /// The line goes; with -v each table is told.
  void finish(const local::snapshot::Contents& contents);

  Duration elapsed() const { return MonotonicClock::now() - start_; }

  void retrying(const Status& failure, Duration pause) override { next_.retrying(failure, pause); }
  void resumed(const wire::Resumption& at) override { next_.resumed(at); }
  void odd(std::string_view what) override { next_.odd(what); }
  void held() override { next_.held(); }
  void tick(const wire::RunProgress& progress) override;

 private:
  Context& context_;
  wire::RunEvents& next_;
  const TimePoint start_ = MonotonicClock::now();
  std::string phase_ = "connecting";
  uint64_t rows_ = 0;
  uint64_t bytes_ = 0;
};

}  // namespace pxq
