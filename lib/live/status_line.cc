#include "live/status_line.h"

#include <fmt/format.h>

#include <algorithm>

#include "text/visible.h"
#include "text/width.h"

namespace pxq::live {
namespace {

constexpr std::string_view kBetween = " │ ";
constexpr size_t kBetweenWidth = 3;

size_t width_of(const std::vector<StatusPart>& parts) {
  size_t width = 2;  // a blank at each end
  for (const StatusPart& part : parts) width += display_width(part.text) + kBetweenWidth;
  return parts.empty() ? 0 : width - kBetweenWidth;
}

std::string label(const std::vector<TabHead>& tabs, size_t index) {
  return fmt::format(" {} {} {} ", index + 1, visible(tabs[index].name), tabs[index].count);
}

}  // namespace

Line status_line(std::vector<StatusPart> parts, size_t width) {
  std::erase_if(parts, [](const StatusPart& part) { return part.text.empty(); });
  while (parts.size() > 1 && width_of(parts) > width) {
    parts.erase(std::ranges::min_element(parts, {}, &StatusPart::weight));
  }
  Line line(width);
  const bool tight = width_of(parts) > width;
  if (!tight) line.append(" ");
  for (size_t i = 0; i < parts.size(); ++i) {
    if (i != 0) line.append(kBetween);
    line.append(parts[i].text, parts[i].style);
  }
  line.pad_to(width);
  line.reverse();
  return line;
}

Line tab_line(const std::vector<TabHead>& tabs, size_t current, size_t width) {
  Line line(width);
  if (tabs.empty()) return line;
  // From the current one to the left, as long as all up to it have room.
  size_t first = current;
  size_t used = display_width(label(tabs, current));
  while (first > 0 && used + display_width(label(tabs, first - 1)) + 1 <= width) {
    used += display_width(label(tabs, --first)) + 1;
  }
  if (first > 0) line.append("…", kFaint);
  for (size_t i = first; i < tabs.size() && line.room() > 0; ++i) {
    if (i != first) line.append(" ");
    line.append(label(tabs, i), {.bold = i == current, .reversed = i == current});
  }
  return line;
}

}  // namespace pxq::live
