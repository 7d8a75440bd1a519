#pragma once

#include <string_view>

#include "base/text_buffer.h"

namespace pxq {

// What copying a field has told of its bytes is given back: true, all of them are ASCII; else some
// may not be.

/// Appends one CSV field by RFC 4180: as it is, or in quotes (a quote inside is doubled) when it
/// holds a comma, a quote, CR or LF, or begins or ends with a blank or tab. No byte is changed.
bool append_csv_field(std::string_view bytes, TextBuffer& out);

/// The same for fields between which `separator` stands, an ASCII byte.
bool append_separated_field(std::string_view bytes, char separator, TextBuffer& out);

/// Appends one TSV field: tab, LF, CR and backslash become \t \n \r \\ and nothing else changes.
bool append_tsv_field(std::string_view bytes, TextBuffer& out);

}  // namespace pxq
