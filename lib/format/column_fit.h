#pragma once

#include <cstddef>
#include <vector>

namespace pxq {

/// What a column would like to have, in terminal cells.
struct ColumnWish {
  size_t natural;  // shows every value whole
  size_t least;    // shorter than this it is dropped rather than cut
  bool stays;      // never dropped
};

/// What columns get: a width each, 0 for a dropped one.
struct ColumnFit {
  std::vector<size_t> widths;
  size_t hidden = 0;
  size_t mark_before = 0;  // the column before which the one `…` stands, if any is hidden
};

inline constexpr size_t kColumnGap = 2;

/// Fits columns with gaps between them into `width` cells: shortens the longest ones down to their
/// least, then drops columns from the middle outwards and gives back what is left over. If columns
/// that stay do not fit even so, they are cut below their least.
ColumnFit fit_columns(const std::vector<ColumnWish>& wishes, size_t width);

/// Everything at its natural width.
ColumnFit natural_columns(const std::vector<ColumnWish>& wishes);

}  // namespace pxq
