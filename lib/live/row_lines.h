#pragma once

#include "live/frame.h"
#include "live/table_rows.h"

namespace pxq::live {

/// One row in full: a field a line, JSON set in lines of its own, long values over several lines.
Lines row_lines(const TableRows& rows, Place place, size_t width, const Surface& surface);

}  // namespace pxq::live
