#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/status.h"
#include "connect/connection.h"
#include "export/window.h"
#include "output/output_plan.h"
#include "script/source.h"
#include "snapshot/row_script.h"
#include "snapshot/segment.h"

namespace pxq {

/// A snapshot that grows in a directory, a file of .pxsnap for each run of an export: the export
/// lays windows and keeps how far they are; here stands what it asks and where rows go.
class GrowingSnapshot {
 public:
  GrowingSnapshot(std::string directory, Discretion discretion)
      : directory_(std::move(directory)), discretion_(discretion) {}

  /// Before anything is asked: a file for each window in the directory.
  Result<OutputPlan> plan(const std::vector<std::string>& tables) const;
  /// A script without text, by whose name the job is told.
  static Script script();

  /// The script's text once the cluster can say which tables it has; `wanted` names some of them.
  Result<std::string> ask_script(const Connection& connection,
                                 const std::vector<std::string>& wanted);
  /// Before the rows of a window are asked for: what the cluster knows of whatever they will name.
  Status prepare(const Connection& connection, const Window& window);

 private:
  const std::string directory_;
  const Discretion discretion_;
  std::vector<CatalogueTable> tables_;
  /// Shared with the sinks of the plan, each of which has its own copy.
  std::shared_ptr<std::shared_ptr<const SegmentNotes>> notes_ =
      std::make_shared<std::shared_ptr<const SegmentNotes>>();
  local::snapshot::Contents contents_;
};

}  // namespace pxq
