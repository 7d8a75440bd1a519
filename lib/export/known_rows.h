#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "export/gap.h"
#include "export/row_hash.h"
#include "export/watermark.h"

namespace pxq {

/// The rows that earlier runs exported of a table, held against what the server still has of them.
/// Stores forget their oldest rows first, so a known row that is not met again is evidence: its
/// store may have forgotten rows that nobody has exported. Rows are met in any order.
class KnownRows {
 public:
  KnownRows() = default;
  /// `state` outlives this.
  KnownRows(const TableState& state, const RowIdentity& identity);

  /// Whether a row of the dedup window was exported before; each known row is met once.
  bool meet(const DedupRow& row);

  /// A row of that stretch that is not known.
  void strange(int64_t time_ns) { ++strange_[time_ns]; }

  /// Whether a row from before the dedup window may be a node's last one, and that it is.
  bool has_last_row_at(int64_t time_ns) const { return last_times_.contains(time_ns); }
  void meet_last(const DedupRow& row) { met_last_.insert(row); }

  /// Whether a row of a node is younger than all that were exported of it, and so was not.
  bool is_news(Origin origin, int64_t time_ns) const;
  /// Where the rows of a node begin that were not exported: where its clock is behind the others',
  /// that is before `start_ns`, from which all others are new.
  int64_t new_from(Origin origin, int64_t start_ns) const;

  /// What of them should have been met, and was not: those from `asked_from_ns` on were asked for.
  /// One in whose place another row with its time came has changed and is not missing.
  struct Evidence {
    uint64_t known = 0;
    uint64_t missing = 0;
    uint64_t changed = 0;
    uint64_t strange = 0;  // rows in their stretch that nobody knows, the changed ones among them
    bool in_dedup_window = false;  // not only rows that are older than the dedup window
    std::optional<int64_t> oldest_met, newest_met, newest_missing;

    bool all_missing() const { return known != 0 && missing == known; }
    /// Missing rows are newer than some that are there: no one store forgets so.
    bool mixed() const { return missing != 0 && oldest_met && *newest_missing > *oldest_met; }
  };
  /// By the node that the rows are of; all under 0 where the table does not tell.
  std::map<Origin, Evidence> evidence(int64_t asked_from_ns) const;

  /// Last rows that were asked for and are gone.
  std::vector<Origin> lost_last_rows(int64_t asked_from_ns) const;

 private:
  uint64_t missing(const DedupWindow::value_type& known) const;

  const TableState* state_ = nullptr;
  RowIdentity identity_;
  DedupWindow met_;
  std::map<int64_t, uint64_t> strange_;
  std::set<int64_t> last_times_;
  std::set<DedupRow> met_last_;
};

/// The sum over all nodes.
KnownRows::Evidence total(const std::map<Origin, KnownRows::Evidence>& evidence);

/// What a run has seen of one node's rows from its window's start on.
struct NewRows {
  std::optional<int64_t> from_ns;  // where they begin, if not at the window's start
  std::optional<int64_t> oldest_ns;
  std::optional<int64_t> newest_ns;
  int64_t disorder_ns = 0;  // how far behind an earlier row one came
};

/// One table's window, for find_gaps(). Unix ns.
struct GapQuestion {
  std::string table;
  int64_t late_from_ns = 0;  // rows from here to the start are exported when they come late
  int64_t start_ns = 0;
  int64_t end_ns = 0;
  bool has_origins = false;
  bool edited = false;        // known rows may be missing because the script has them no longer
  bool saw_rows = false;      // of the table, whatever their time
  bool saw_old_rows = false;  // from before the start
};

/// The gaps that the evidence speaks of. `seen` is by node, as the evidence is.
std::vector<Gap> find_gaps(const GapQuestion& question,
                           const std::map<Origin, KnownRows::Evidence>& evidence,
                           const std::map<Origin, NewRows>& seen);

}  // namespace pxq
