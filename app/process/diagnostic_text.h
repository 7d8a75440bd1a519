#pragma once

#include <string>
#include <string_view>

#include "base/status.h"

namespace pxq {

/// The block below an error's first line: ` --> file:3:12`, the source line, and a caret under the
/// column with the hint. Only what is known is shown: no line for a position outside `script`.
/// Columns are bytes; tabs and wide characters before the caret are measured in cells.
std::string source_block(const Diagnostic& diagnostic, std::string_view script);

}  // namespace pxq
