#include "fuzz/target.h"
#include "text/utf8.h"
#include "text/visible.h"
#include "text/width.h"

namespace pxq::fuzz {

// The first byte is the width of the column.
void fuzz_screen(std::string_view input) {
  Feed feed(input);
  const size_t limit = feed.byte() % 100;
  const std::string_view bytes = feed.rest();
  TextBuffer shown;
  const size_t cells = append_visible(bytes, shown);
  expect(is_utf8(shown.view()), "what is shown is UTF-8");
  expect(cells == display_width(shown.view()), "it takes the cells that were counted");
  for (const char byte : shown.view()) {
    const auto value = static_cast<unsigned char>(byte);
    expect(value >= 0x20 && value != 0x7f, "no control byte reaches a terminal");
  }
  if (limit == 0) return;
  TextBuffer cut;
  append_visible(bytes, cut);
  expect(cut_to_width(cut, 0, limit) <= limit, "a cell stays in its column");
  expect(display_width(cut.view()) <= limit, "a cell stays in its column");
  expect(is_utf8(cut.view()), "what is cut is UTF-8");
}

}  // namespace pxq::fuzz
