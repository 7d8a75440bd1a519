#pragma once

#include <memory>

#include "format/cell_writer.h"
#include "format/format.h"
#include "model/schema.h"

namespace pxq {

/// Cells as JSON values, by the rules in docs/formats.md. Where every value stands between quotes
/// and needs no escapes, the quotes are left to whoever writes what is around it.
struct JsonCells {
  std::unique_ptr<CellWriter> writer;
  bool in_quotes = false;
};
JsonCells make_json_cells(DataType type, const FormatOptions& options);

}  // namespace pxq
