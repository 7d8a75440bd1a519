#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/status.h"
#include "export/coverage.h"
#include "export/gap.h"
#include "export/row_hash.h"

namespace pxq {

/// A row that was exported close to the end of a window, kept so that the next run does not export
/// it again; see WindowSink.
struct DedupRow {
  int64_t time_ns = 0;
  RowHash hash = {};

  auto operator<=>(const DedupRow&) const = default;
};

/// How often each of those rows was exported: a table may hold equal rows.
using DedupWindow = std::map<DedupRow, uint64_t>;

/// How far one table is exported: every row before the watermark, none from it on. Unix ns.
struct TableState {
  int64_t watermark_ns = 0;
  int64_t dedup_from_ns = 0;  // the dedup window has all rows exported from here to the watermark
  DedupWindow dedup_window;
  /// The last exported row of each node, by which a run knows whether the node forgot any since.
  std::map<Origin, DedupRow> last_rows = {};
  /// A gap has been told by the missing of older rows: they are no evidence of another one.
  int64_t evidence_from_ns = INT64_MIN;
  /// Nodes that have never given a row as young as the others': idle ones, or ones whose clock is
  /// behind, so that all their rows look late.
  std::set<Origin> behind = {};
  /// Of script, arguments and columns: rows of another shape cannot be known again by their cells.
  std::string shape = {};

  bool operator==(const TableState&) const = default;
};

/// What a job's next run has to know, kept in a file of its own (JSON, versioned, with a checksum)
/// that is renamed into place together with the rows it speaks of.
struct ExportState {
  std::string job;
  std::string cluster;
  std::optional<int64_t> reached_ns = {};    // the end of the last window; nothing: no run yet
  std::map<std::string, TableState> tables;  // by name, raw bytes
  /// Found by the run that kept this state; there until a run has told them.
  std::vector<Gap> untold_gaps = {};
  /// How far the cluster's clock was ahead of this machine's, as far as a run was told.
  int64_t clock_ahead_ns = 0;
  /// How the files are written that the last run added to, by path: their columns, and the flags by
  /// which cells are spelled. Rows that differ there must not follow.
  std::map<std::string, std::string> spellings = {};
  /// Where its first window began, and what it left out since by its user's wish: what is before,
  /// or in there, a backfill may export. Nothing: kept by an older pxq, nobody knows.
  std::optional<int64_t> began_ns = {};
  std::vector<Stretch> skipped = {};
  /// Of a backfill: what it has exported. It has no tables.
  std::vector<Stretch> covered = {};

  bool operator==(const ExportState&) const = default;
};

/// The job and the cluster that a state must be of. Both have had other names before, by which old
/// states still know them; the first name is today's.
struct StateOwner {
  std::vector<std::string> jobs;
  std::vector<std::string> clusters;
};

/// The state file's bytes, of version 2.
std::string state_text(const ExportState& state);

/// Reads them back, also those of version 1. A torn or altered file and one of a newer pxq are
/// kUsage. `path` is for messages.
Result<ExportState> parse_state(const std::string& text, const std::string& path);

/// kUsage for the state of another job or cluster, and for a watermark after `now_ns`: to go on
/// without the state would lose or double rows, and only the user can say which.
Status check_state(const ExportState& state, const std::string& path, const StateOwner& owner,
                   int64_t now_ns);

/// Reads a state from a file; nothing if there is none: the first run.
Result<std::optional<ExportState>> load_state(const std::string& path);

/// Where a job's state lives: `directory`/NAME.json, the name safe and telling.
std::string state_path(const std::string& directory, const std::string& job);

}  // namespace pxq
