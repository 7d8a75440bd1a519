#pragma once

#include <cstddef>
#include <vector>

#include "format/column_rank.h"

namespace pxq {

/// What a column would like to have, in terminal cells.
struct ColumnWish {
  size_t natural;                       // shows every value whole
  size_t least;                         // shorter than this it is dropped rather than cut
  ColumnRank rank = ColumnRank::kText;  // the lowest goes first
};

/// What columns get: a width each, 0 for a dropped one.
struct ColumnFit {
  std::vector<size_t> widths;
  size_t hidden = 0;
  size_t mark_before = 0;  // the column before which the one `…` stands, if any is hidden
};

inline constexpr size_t kColumnGap = 2;

/// Fits columns with gaps between them into `width` cells: shortens the longest ones down to their
/// least, then drops columns, those of the lowest rank first and of one rank the last first, and
/// gives back what is left over, to dropped columns first. One column always stays, cut below its
/// least where it must be.
ColumnFit fit_columns(const std::vector<ColumnWish>& wishes, size_t width);

/// Everything at its natural width.
ColumnFit natural_columns(const std::vector<ColumnWish>& wishes);

}  // namespace pxq
