#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "script/row_limits.h"
#include "script/vis.h"

namespace pxq {

/// Whether all rows of a script can be exported, each once, as far as its text tells; what only its
/// rows show, each run finds out.
struct ExportFitness {
  std::string window;              // how a run's window reaches the script
  std::vector<std::string> unfit;  // why rows would be lost or doubled
  std::vector<std::string> notes;  // what to mind
  bool of_timed_tables = false;    // it groups rows, and some tables may come without a time_

  bool fit() const { return unfit.empty(); }
};

/// Whether rows may be counts of a stretch of time, so that the end of a window could cut one: not
/// where the text shows that rows are those of a table, one by one.
bool may_count_rows(std::string_view text);

/// `limits` are those of the request. `aligned`: windows end on multiples of a length of time.
ExportFitness judge_for_export(std::string_view text, const Vis& vis,
                               const std::vector<RowLimit>& limits, bool aligned);

}  // namespace pxq
