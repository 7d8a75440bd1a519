#pragma once

#include <optional>
#include <string>

#include "cli/flag_types.h"
#include "export/window.h"

namespace pxq {

/// How a job's windows are laid and where it keeps how far it is.
struct ExportOptions {
  std::string lag = "30s";
  std::string overlap = "60s";
  std::string align = "0";  // --align: windows end on multiples of it
  std::string dedup = "on";
  std::string job;
  std::string state;      // --state: a directory
  std::string if_locked;  // skip or wait; empty: exit 10
  std::string keep;       // --keep: for how long files stay; empty: for ever
  std::string snapshot;   // --snapshot: a directory of segments, in place of a script and --to
  bool without_bodies = false;  // of such rows
  bool redact = false;
  bool backfill = false;  // --backfill: what the job never asked for
  bool dry_run = false;   // --dry-run: say what would be done, ask nothing
  bool check = false;     // --check: judge the script, run nothing
  bool strict = false;    // --strict: a loss is kLimit

  void declare(CLI::App& app);

  /// How long the job's own files are kept; zero: for ever. kUsage.
  Result<int64_t> keep_ns() const;

  /// All of it but the first run's start. kUsage for what is not a length of time.
  Result<WindowOptions> window(int64_t now_ns) const;
};

}  // namespace pxq
