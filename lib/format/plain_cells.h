#pragma once

#include <memory>
#include <string_view>

#include "format/cell_writer.h"
#include "format/format.h"
#include "model/schema.h"

namespace pxq {

/// How bare text is made of a string's bytes.
using AppendField = void (*)(std::string_view bytes, TextBuffer& out);

/// Cells as exact bare text: full digits, shortest doubles, `NaN` and `Infinity` spelled out, times
/// as `options.time` says, UUID text, strings through `append_field`.
std::unique_ptr<CellWriter> make_plain_cells(DataType type, const FormatOptions& options,
                                             AppendField append_field);

/// Times as `options` have it, bare: also what stands between the quotes in JSON. A zone that
/// cannot be loaded is UTC: whoever takes the name from a user has loaded it before.
std::unique_ptr<CellWriter> make_plain_times(const FormatOptions& options);

}  // namespace pxq
