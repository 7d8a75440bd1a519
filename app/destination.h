#pragma once

#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "base/fd_output.h"
#include "command.h"
#include "export/atomic_file.h"
#include "options/output_options.h"
#include "sink/result_sink.h"

namespace pxq {

/// Where a run's formatted rows end up: stdout, or a file that appears only when the run succeeded.
class Destination {
 public:
  /// Refuses what cannot work before anything is asked of a server.
  static Result<std::unique_ptr<Destination>> open(const OutputOptions& options, bool color,
                                                   Context& context);
  virtual ~Destination() = default;

  virtual ResultSink& sink() = 0;
  /// The first failure of writing; asked once per batch.
  virtual Status status() const = 0;
  /// After sink().end(): brings everything out, or, after a failed run, leaves no trace of files.
  virtual Status conclude(const Status& run) = 0;
};

}  // namespace pxq
