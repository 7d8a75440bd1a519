#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "model/row_batch.h"
#include "model/schema.h"

namespace pxq {

/// Where a relation keeps the moments of its rows: `time_`, TIME64NS. Nothing where it has none.
std::optional<size_t> time_column(const std::vector<ColumnInfo>& relation);

/// Rows begin to end of a batch, with the given columns in the given order. Shares its strings.
RowBatch part_of(const RowBatch& batch, std::span<const size_t> columns, size_t begin, size_t end);

/// The same rows in batches of at most `rows_each`, without empty ones.
std::vector<RowBatch> cut_batches(std::vector<RowBatch> batches, size_t rows_each);

/// All rows of one table's batches by ascending time, those of one moment in the order in which
/// they came, in batches of at most `rows_each` rows. Batches that are in order are only cut.
std::vector<RowBatch> ordered_by_time(std::vector<RowBatch> batches, size_t time, size_t rows_each);

}  // namespace pxq
