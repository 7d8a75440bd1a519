#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "cli/command.h"
#include "file/file_set.h"
#include "file/path_template.h"
#include "options/output_options.h"
#include "script/request.h"
#include "sink/result_sink.h"

namespace pxq {

/// How long a record that is partly written may still take after a stop.
inline constexpr Duration kRecordGrace = std::chrono::seconds(1);

/// What the names of files and a database's list of runs tell about a run.
struct RunIdentity {
  std::string script = {};       // how messages name it
  std::string script_hash = {};  // SHA-256 of its text, hex
  std::string cluster = {};
  int64_t started_ns = 0;                 // Unix
  std::optional<TimeWindow> window = {};  // of an export
  /// A database replaces the rows of a run with the same key; empty: of this run alone.
  std::string key = {};
  bool hash_files = false;  // the summary wants them

  /// For the placeholders of a path, but for the table.
  PathValues path_values() const;
};

/// Where a run's formatted rows end up: stdout, or files that appear only when the run succeeded.
class Destination : public ResultSink {
 public:
  /// Refuses what cannot work before anything is asked of a server.
  static Result<std::unique_ptr<Destination>> open(const OutputOptions& options, bool color,
                                                   Context& context, const RunIdentity& run = {});

  void begin(const Schema& schema) final { sink().begin(schema); }
  void rows(const Schema& schema, const RowBatch& batch) final { sink().rows(schema, batch); }
  void end(const Summary& summary) final { sink().end(summary); }
  void tick() final { sink().tick(); }

  /// After end(): brings everything out, or, after a failed run, leaves no trace of files.
  virtual Status conclude(const Status& run) = 0;

  /// After conclude(): the files that were made.
  virtual std::vector<FileReport> files() const { return {}; }

 protected:
  /// What the rows go through.
  virtual ResultSink& sink() = 0;
};

}  // namespace pxq
