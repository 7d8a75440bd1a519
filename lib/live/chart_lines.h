#pragma once

#include <memory>

#include "chart/page_plan.h"
#include "live/frame.h"
#include "live/table_rows.h"

namespace pxq::live {

/// Whether vis.json shows the table as pictures only, and never its rows.
bool is_drawn_only(const TableRows& rows, const chart::PagePlan& plan);

/// The pictures that vis.json makes of a table, or the one that suits its columns; none: rows say
/// it best. Drawn of the rows that are kept.
Lines chart_lines(const TableRows& rows, const chart::PagePlan& plan, size_t width,
                  const Surface& surface);

}  // namespace pxq::live
