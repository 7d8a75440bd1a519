#pragma once

#include <span>
#include <vector>

#include "model/row_batch.h"

namespace pxq {

/// A column by which rows are ordered, by its place in a batch.
struct SortColumn {
  size_t column = 0;
  bool descending = false;
};

/// Whether row `a_row` of `a` stands before (negative), beside (0) or after (positive) row `b_row`
/// of `b`: by typed values, numbers by size, text by its bytes, times by age, false before true.
/// NaN is after all numbers in either direction: nobody looks for it at the top.
int compare_rows(std::span<const SortColumn> by, const RowBatch& a, size_t a_row, const RowBatch& b,
                 size_t b_row);

/// About how much memory a batch takes.
size_t bytes_of(const RowBatch& batch);

/// Empty columns like those of `batch`.
RowBatch empty_like(const RowBatch& batch);

/// Adds a row of `from` to `to`; text stays where it is.
void append_row(const RowBatch& from, size_t row, RowBatch& to);

}  // namespace pxq
