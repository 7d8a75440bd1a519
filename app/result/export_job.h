#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/command.h"
#include "export/watermark.h"
#include "file/path_template.h"
#include "options/export_options.h"
#include "options/script_options.h"
#include "output/output_plan.h"
#include "script/source.h"
#include "settings/target.h"

namespace pxq {

/// What one export is told from all others by, and where it keeps what its next run must know.
struct ExportJob {
  std::string name;
  OutputPlan output;  // where its rows go, by a path from the root on
  std::string lock;   // paths
  std::string state;
  std::string journal;

  /// kUsage where the flags do not make a job that can be repeated, or there is no place for its
  /// state.
  static Result<ExportJob> find(const ExportOptions& options, OutputPlan output,
                                const ScriptOptions& asked,
                                const std::vector<std::string>& script_arguments,
                                const Script& script, const Target& target);

  /// How far the job is; nothing: it never ran. `database` is the expanded path, where it is one.
  Result<ExportState> load(const std::string& database, const std::string& cluster,
                           int64_t now_ns) const;
};

}  // namespace pxq
