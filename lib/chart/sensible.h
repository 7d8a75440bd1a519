#pragma once

#include <optional>
#include <string>

#include "model/schema.h"

namespace pxq::chart {

/// How a table may be drawn that no vis.json speaks of: the kind and spec of a display.
struct Suggestion {
  std::string kind;
  std::string spec;
};

/// A time series where `time_` and a number exist, boxes where quantiles do; nothing: its rows say
/// it best.
std::optional<Suggestion> suggest_display(const Schema& schema);

}  // namespace pxq::chart
