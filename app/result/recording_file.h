#pragma once

#include <memory>
#include <string>

#include "cli/command.h"
#include "file/atomic_file.h"
#include "options/record_options.h"
#include "script/request.h"
#include "wire/recording_writer.h"
#include "wire/script_call.h"

namespace pxq {

/// What a recording says about the run that it is of. Taken from what was asked, never from
/// metadata: no credential passes here.
wire::RecordingHeader recording_header(const ScriptRequest& request, const wire::Peer& peer,
                                       const wire::TimeLimits& limits, bool encrypted);

/// The file of --record. Unlike all other files it appears whatever the run's end.
class RecordingFile {
 public:
  /// kUsage for rows that come encrypted unless --record-plaintext asks for them; kOutput for an
  /// existing file without `force`.
  static Result<std::unique_ptr<RecordingFile>> open(const RecordOptions& options, bool force,
                                                     const wire::RecordingHeader& header,
                                                     Context& context);

  wire::RecordingWriter& writer() { return writer_; }

  /// The run has ended: gives the file its name.
  Status keep();

 private:
  RecordingFile(std::unique_ptr<FileOutput> file, const wire::RecordingHeader& header);

  std::unique_ptr<FileOutput> file_;
  wire::RecordingWriter writer_;
};

}  // namespace pxq
