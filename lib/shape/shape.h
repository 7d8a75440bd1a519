#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace pxq {

/// One column by which rows are ordered.
struct SortKey {
  std::string column;
  bool descending = false;
};

/// Reads `a,-b`: by a, and where that is the same by b, the greatest first. kUsage for an empty
/// name.
Result<std::vector<SortKey>> parse_sort_keys(std::string_view text);

/// What rows go through between the script's tables and a destination, beside their selection.
struct Shape {
  bool expand_quantiles = false;  // columns of quantiles become columns of numbers
  bool script_labels = false;     // links to scripts become their labels
  std::vector<SortKey> sort = {};
  bool spreadsheet = false;  // text that a spreadsheet would run is made harmless
  bool skip_empty = false;   // tables without rows are not announced

  /// Whether anything stands before --limit counts rows.
  bool before_limit() const { return expand_quantiles || script_labels || !sort.empty(); }
};

/// How many cells of one column are worth a word.
struct CellCount {
  std::string table;
  std::string column;
  uint64_t cells = 0;
};

}  // namespace pxq
