#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace pxq {

/// Where text goes on a page of `width` columns. Words are never cut, however narrow the page.
struct TextLayout {
  size_t width = 80;
  size_t column = 28;  // where the right one of two columns begins

  /// As much room as a page of this width leaves for a left column.
  static TextLayout of(size_t width);

  /// `text` in lines that begin with `indent` blanks.
  std::string paragraph(std::string_view text, size_t indent) const;
  /// `left`, and `text` beside it in the right column; where left is too long, below it.
  std::string entry(std::string_view left, std::string_view text) const;
};

}  // namespace pxq
