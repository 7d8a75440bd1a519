#pragma once

#include <string_view>

namespace pxq {

/// Whether a spreadsheet that opens this text in a cell would take it for a formula: it begins with
/// `=`, `+`, `-`, `@`, a tab, CR or LF, also in their full width, behind blanks, quotes or byte
/// order marks.
bool runs_as_formula(std::string_view text);

/// Whether it is made of digits alone of which a spreadsheet would lose some: more than 15, or with
/// zeros before them.
bool loses_digits(std::string_view text);

}  // namespace pxq
