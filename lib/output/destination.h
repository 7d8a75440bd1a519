#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "file/file_set.h"
#include "sink/result_sink.h"

namespace pxq {

/// How long a record that is partly written may still take after a stop.
inline constexpr Duration kRecordGrace = std::chrono::seconds(1);

/// Where a run's formatted rows end up: stdout, or files that appear only when the run succeeded.
class Destination : public ResultSink {
 public:
  void begin(const Schema& schema) final { sink().begin(schema); }
  void rows(const Schema& schema, const RowBatch& batch) final { sink().rows(schema, batch); }
  void end(const Summary& summary) final { sink().end(summary); }
  void tick() final { sink().tick(); }

  /// After end(): brings everything out, or, after a failed run, leaves no trace of files.
  virtual Status conclude(const Status& run) = 0;

  /// After conclude(): the files that were made.
  virtual std::vector<FileReport> files() const { return {}; }

  /// Before conclude(): what the next run of an export must know, which changes together with the
  /// rows. A destination that holds the runs itself keeps it under the name of the job, another in
  /// the file at `path`; one that cannot keep it says so.
  virtual Status keep_state(const std::string& job, const std::string& path,
                            const std::string& text);

 protected:
  /// What the rows go through.
  virtual ResultSink& sink() = 0;
};

}  // namespace pxq
