#pragma once

#include <memory>

#include "format/cell_writer.h"
#include "format/format.h"
#include "model/schema.h"

namespace pxq {

/// Cells as JSON values, by the rules in docs/formats.md.
std::unique_ptr<CellWriter> make_json_cells(DataType type, const FormatOptions& options);

}  // namespace pxq
