#pragma once

#include <string_view>

namespace pxq {

/// What some editors and spreadsheets put before a text in UTF-8. It is none of the text.
inline constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

inline std::string_view without_byte_order_mark(std::string_view text) {
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  return text;
}

}  // namespace pxq
