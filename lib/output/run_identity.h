#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/status.h"
#include "chart/page_plan.h"
#include "file/path_template.h"

namespace pxq {

/// The stretch of time that a run of an export covers, in Unix nanoseconds; the end is not in it.
struct RunWindow {
  int64_t start_ns = 0;
  int64_t end_ns = 0;
};

/// What to do about a file of an export that is in the way: what lies there may be gone from the
/// cluster, so it is not to be replaced.
inline constexpr std::string_view kExportedHint =
    "it may hold what an earlier run exported, so it stays: move it away, and run again";

/// What the names of files and a database's list of runs tell about a run.
struct RunIdentity {
  std::string script = {};       // how messages name it
  std::string script_hash = {};  // SHA-256 of its text, hex
  std::string cluster = {};
  int64_t started_ns = 0;                // Unix
  std::optional<RunWindow> window = {};  // of an export, once it is planned
  /// A database replaces the rows of a run with the same key; empty: of this run alone.
  std::string key = {};
  bool hash_files = false;  // somebody keeps the hashes of the files that are made
  /// Where a later run looks for what this one leaves when it dies; empty: derived from the path.
  std::string journal = {};
  /// What formats are told of the result before its rows; null: nothing.
  std::shared_ptr<const chart::PagePlan> page = {};
  /// Of an export's first run: a file in the way gets a neighbour, as nobody has exported to it.
  bool first = false;
  /// How the files are written that the run before added to, by path; see spelling_text().
  std::map<std::string, std::string> spellings = {};
  /// Until when what goes over a network may take.
  TimePoint deadline = TimePoint::max();
  /// Hears why a store is asked again, and after which pause; null: nobody.
  std::function<void(const Status& why, Duration pause)> asked_again = nullptr;

  /// For the placeholders of a path, but for the table.
  PathValues path_values() const;
};

}  // namespace pxq
