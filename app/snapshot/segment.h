#pragma once

#include <memory>

#include "base/output.h"
#include "local/cluster/state.h"
#include "local/snapshot/contents.h"
#include "output/run_identity.h"
#include "sink/result_sink.h"

namespace pxq {

/// What a segment of a growing snapshot says beside its rows. Known before they come.
struct SegmentNotes {
  local::snapshot::Contents contents;  // of whoever took it; its tables tell what is known of them
  local::ClusterParts state;
};

/// Writes the tables of a run as a snapshot of the run's window. Rows may come in any order. The
/// file is whole only after end() of a run that came to its end.
std::unique_ptr<ResultSink> make_segment_sink(std::shared_ptr<const SegmentNotes> notes,
                                              const RunIdentity& run, Output& output);

}  // namespace pxq
