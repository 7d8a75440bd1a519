#pragma once

#include "sink/result_sink.h"
#include "wire/recording_reader.h"
#include "wire/script_call.h"

namespace pxq::wire {

/// Runs a recording through what a live run goes through: the same decoder, ledger and verdicts, so
/// that `sink` hears the same. Of the options those count that concern the sink, and the decoder's
/// limits.
Summary replay(RecordingReader& recording, const RunOptions& options, ResultSink& sink);

}  // namespace pxq::wire
