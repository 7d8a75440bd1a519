#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "model/row_batch.h"
#include "model/schema.h"
#include "report/assertion.h"

namespace pxq {

/// Whether the value of a row of a column stands in the relation to the constant.
using CellTest = std::function<bool(const Column&, size_t)>;

/// Reads `value` as the column's type asks and makes the test; kUsage if it cannot be read so.
Result<CellTest> make_cell_test(const ColumnInfo& column, Comparison comparison,
                                std::string_view value);

/// One row as a JSON object for a message; long cells are cut.
std::string row_text(const Schema& schema, const RowBatch& batch, size_t row);

}  // namespace pxq
