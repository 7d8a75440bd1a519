#include "format/picture/screen.h"

#include <fmt/format.h>

#include <array>
#include <cmath>

#include "text/visible.h"
#include "text/width.h"

namespace pxq::picture {

void append_colored(size_t number, std::string_view text, const Screen& screen, TextBuffer& out) {
  // The terminal's own colours, so that they are seen on whatever ground it has.
  static constexpr std::array<std::string_view, 10> kColors = {
      "\x1b[36m", "\x1b[33m", "\x1b[35m", "\x1b[32m", "\x1b[34m",
      "\x1b[31m", "\x1b[96m", "\x1b[93m", "\x1b[95m", "\x1b[92m"};
  if (screen.color) out.append(kColors[number % kColors.size()]);
  out.append(text);
  if (screen.color) out.append("\x1b[0m");
}

void append_label(std::string_view bytes, size_t width, bool fill, TextBuffer& out) {
  const size_t start = out.size();
  append_visible(bytes, out);
  const size_t taken = cut_to_width(out, start, width);
  if (fill && taken < width) out.append(width - taken, ' ');
}

std::string value_text(std::optional<Quantity> quantity, double value) {
  if (quantity) {
    TextBuffer text;
    const double size = std::abs(value);
    Measure(*quantity, {.typical = size, .least = size, .most = size}, false).append(value, text);
    return std::string(text.view());
  }
  const bool whole = value == std::floor(value) && std::abs(value) < 1e15;
  return whole ? fmt::format("{}", static_cast<int64_t>(value)) : fmt::format("{:.4g}", value);
}

size_t width_of(std::string_view bytes) {
  TextBuffer text;
  return append_visible(bytes, text);
}

}  // namespace pxq::picture
