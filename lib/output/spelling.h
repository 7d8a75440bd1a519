#pragma once

#include <string>

#include "format/format.h"
#include "model/schema.h"

namespace pxq {

/// How rows of a table are written, as `name=value` words: the columns with their types, and each
/// flag by which cells are spelled. Rows that differ in one of them must not follow each other in a
/// file.
std::string spelling_text(const Format& format, const FormatOptions& options, const Schema& schema);

/// Where two of these differ, in words; empty: they do not.
std::string spelling_difference(const std::string& there, const std::string& here);

}  // namespace pxq
