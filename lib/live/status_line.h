#pragma once

#include <string>
#include <vector>

#include "live/frame.h"

namespace pxq::live {

/// A part of the status line; those of the lowest weight go first where there is no room.
struct StatusPart {
  std::string text = {};
  int weight = 0;
  Style style = {};
};

/// Parts side by side over the whole width.
Line status_line(std::vector<StatusPart> parts, size_t width);

/// A tab: what it is called and how many rows it has.
struct TabHead {
  std::string name;
  std::string count;
};

/// The tabs side by side; where they have no room, those around the current one.
Line tab_line(const std::vector<TabHead>& tabs, size_t current, size_t width);

}  // namespace pxq::live
