#include "text/width.h"

#include <utf8proc.h>

#include <algorithm>

#include "text/byte_scan.h"
#include "text/utf8.h"

namespace pxq {
namespace {

constexpr std::string_view kEllipsis = "…";
constexpr char32_t kEmojiPresentation = 0xfe0f;

bool is_regional_indicator(char32_t c) { return 0x1f1e6 <= c && c <= 0x1f1ff; }

size_t code_point_width(char32_t c) {
  return static_cast<size_t>(std::max(0, utf8proc_charwidth(static_cast<utf8proc_int32_t>(c))));
}

bool breaks_between(char32_t before, char32_t after, utf8proc_int32_t& state) {
  return utf8proc_grapheme_break_stateful(static_cast<utf8proc_int32_t>(before),
                                          static_cast<utf8proc_int32_t>(after), &state);
}

}  // namespace

Cluster first_cluster(std::string_view utf8) {
  size_t length = utf8_sequence(utf8);
  if (length == 0) return {.bytes = 1, .width = 1};
  char32_t last = utf8_decode(utf8, length);
  Cluster cluster{.bytes = length, .width = code_point_width(last)};
  utf8proc_int32_t state = 0;
  for (;;) {
    const std::string_view rest = utf8.substr(cluster.bytes);
    length = utf8_sequence(rest);
    if (length == 0) return cluster;
    const char32_t next = utf8_decode(rest, length);
    if (breaks_between(last, next, state)) return cluster;
    // A flag is two indicators; an emoji asked for by a selector is drawn wide.
    const bool wide = next == kEmojiPresentation || is_regional_indicator(next);
    cluster.width = wide ? 2 : std::max(cluster.width, code_point_width(next));
    cluster.bytes += length;
    last = next;
  }
}

size_t display_width(std::string_view utf8) {
  size_t width = 0;
  while (!utf8.empty()) {
    // Plain text is a cell a byte, but for its last sign, which a combining mark may follow.
    const size_t plain = plain_prefix(utf8, bytes_not_printable_ascii);
    if (plain == utf8.size()) return width + plain;
    if (plain > 1) {
      width += plain - 1;
      utf8.remove_prefix(plain - 1);
    }
    const Cluster cluster = first_cluster(utf8);
    width += cluster.width;
    utf8.remove_prefix(cluster.bytes);
  }
  return width;
}

size_t cut_to_width(TextBuffer& out, size_t start, size_t limit) {
  std::string_view rest = out.view().substr(start);
  size_t width = 0;
  size_t kept = start;  // what still leaves a cell for the ellipsis
  size_t kept_width = 0;
  while (!rest.empty()) {
    const Cluster cluster = first_cluster(rest);
    width += cluster.width;
    if (width > limit) {
      out.truncate(kept);
      if (limit == 0) return 0;
      out.append(kEllipsis);
      return kept_width + 1;
    }
    rest.remove_prefix(cluster.bytes);
    if (width < limit) {
      kept = out.size() - rest.size();
      kept_width = width;
    }
  }
  return width;
}

}  // namespace pxq
