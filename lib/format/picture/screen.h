#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/text_buffer.h"
#include "chart/drawing.h"
#include "text/time_zone.h"

namespace pxq::picture {

/// What a picture may use: how wide it is, which signs and colours there are, whose clock is shown.
struct Screen {
  size_t width = 80;
  bool ascii = false;
  bool color = false;
  const TimeZone& zone;
};

/// Draws one picture in lines of at most the screen's width; nothing in it drives the terminal but
/// colours, where the screen has them.
void draw(const chart::Lines& lines, const Screen& screen, TextBuffer& out);
void draw(const chart::Bars& bars, const Screen& screen, TextBuffer& out);
void draw(const chart::Boxes& boxes, const Screen& screen, TextBuffer& out);
void draw(const chart::Network& network, const Screen& screen, TextBuffer& out);
void draw(const chart::Flame& flame, const Screen& screen, TextBuffer& out);

/// The least width in which a picture can be made out.
inline constexpr size_t kLeastWidth = 40;

/// A widget: its note, where it has one, its title, what is told in it, and the drawing. Rows
/// themselves are drawn by nobody here, and have no title either.
void draw(const chart::Picture& picture, const Screen& screen, TextBuffer& out);

/// Text in the colour of the series or part with this number.
void append_colored(size_t number, std::string_view text, const Screen& screen, TextBuffer& out);

/// A cell's text made visible and cut to `width`; blanks fill it up where `fill` says so.
void append_label(std::string_view bytes, size_t width, bool fill, TextBuffer& out);

/// A value in people's units: `1.25 ms`.
std::string value_text(std::optional<Quantity> quantity, double value);

size_t width_of(std::string_view bytes);

}  // namespace pxq::picture
