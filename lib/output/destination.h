#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "file/file_set.h"
#include "sink/result_sink.h"

namespace pxq {

/// How long a record that is partly written may still take after a stop.
inline constexpr Duration kRecordGrace = std::chrono::seconds(1);

/// What the next run of an export must know.
struct RunState {
  std::string job;   // under whose name a destination that holds the runs itself keeps it
  std::string path;  // of the file in which any other does
  std::string text;
  /// What such a destination held when the run was planned, by the names that the job has had. If
  /// that is not there any more, another run has been faster: kLocked. Only `job` stays.
  std::map<std::string, std::optional<std::string>> found = {};
};

/// Where a run's formatted rows end up: stdout, or files that appear only when the run succeeded.
class Destination : public ResultSink {
 public:
  void begin(const Schema& schema) final { sink().begin(schema); }
  void rows(const Schema& schema, const RowBatch& batch) final { sink().rows(schema, batch); }
  void end(const Summary& summary) final { sink().end(summary); }
  void tick() override { sink().tick(); }

  /// After end(): brings everything out, or, after a failed run, leaves no trace of files.
  virtual Status conclude(const Status& run) = 0;

  /// Before any rows: the window of an export has no start of its own but its first row.
  virtual void start_at(int64_t /*time_ns*/) {}

  /// After end(): how the files are written that rows were added to, or will be; by path.
  virtual std::map<std::string, std::string> spellings() const { return {}; }

  /// After conclude(): the files that were made.
  virtual std::vector<FileReport> files() const { return {}; }

  /// Before conclude(): keeps the state so that it changes together with the rows; a destination
  /// that cannot keep one says so.
  virtual Status keep_state(const RunState& state);

 protected:
  /// What the rows go through.
  virtual ResultSink& sink() = 0;
};

}  // namespace pxq
