#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "base/status.h"
#include "base/text_buffer.h"
#include "model/row_batch.h"
#include "model/schema.h"

namespace pxq::local::snapshot {

/// Appends one column of all these batches as a snapshot keeps it (docs/snapshot.md, columns).
void append_column(std::span<const RowBatch> batches, size_t column, TextBuffer& to);

/// The column again; texts are views of `bytes`. kIncomplete where there are not `rows` values.
Result<Column> read_column(std::string_view bytes, DataType type, size_t rows);

/// The same of a column of version 1, which does not say how its values are kept.
Result<Column> read_plain_column(std::string_view bytes, DataType type, size_t rows);

}  // namespace pxq::local::snapshot
