#pragma once

#include <nlohmann/json.hpp>

#include "chart/drawing.h"
#include "text/time_zone.h"

namespace pxq::html {

/// A widget for the page's script: what it draws, in the page's units. The points of a time series
/// are not repeated: the script takes them from the rows. `table` is the number of the page's table
/// that it shows; -1: it did not come.
nlohmann::ordered_json picture_json(const chart::Picture& picture, int table, const TimeZone& zone);

}  // namespace pxq::html
