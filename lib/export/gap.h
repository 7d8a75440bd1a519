#pragma once

#include <cstdint>
#include <string>

namespace pxq {

/// Rows that were gone before they could be exported: of `table`, between two moments, Unix ns,
/// `to` not included. Where several nodes hold rows, those of the others may have been exported.
struct Gap {
  std::string table;
  int64_t from_ns = 0;
  int64_t to_ns = 0;
  /// A store has forgotten the last rows that were exported of it. Else that is only likely.
  bool certain = false;
  uint64_t missing_rows = 0;  // exported ones that the server no longer had
  bool skipped = false;       // not gone: the user wanted them left out

  bool operator==(const Gap&) const = default;
};

}  // namespace pxq
