#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pxq::live {

/// How text looks, as far as every terminal can show it in some way; colours are the terminal's own
/// sixteen.
struct Style {
  bool bold = false;
  bool faint = false;
  bool underlined = false;
  bool reversed = false;
  int8_t color = -1;  // -1: that of plain text

  bool operator==(const Style&) const = default;
};

inline constexpr Style kPlain{};
inline constexpr Style kBold{.bold = true};
inline constexpr Style kFaint{.faint = true};
inline constexpr Style kReversed{.reversed = true};
inline constexpr Style kBadText{.color = 1};
inline constexpr Style kWarningText{.color = 3};

/// Text of one look; `x` is the terminal cell in which it begins.
struct Span {
  size_t x = 0;
  std::string text = {};
  Style style = {};
};

/// One line of a screen, written from the left. Texts hold no byte that drives a terminal: cells of
/// tables have been made visible before.
class Line {
 public:
  /// What lies beyond `limit` cells is cut, with an ellipsis.
  explicit Line(size_t limit = SIZE_MAX) : limit_(limit) {}

  Line& append(std::string_view text, Style style = {});
  /// Blanks up to cell `x`.
  Line& pad_to(size_t x, Style style = {});

  size_t width() const { return width_; }
  size_t room() const { return limit_ - width_; }
  const std::vector<Span>& spans() const { return spans_; }
  std::string text() const;

  /// The look of all that is there.
  void set_style(Style style);
  void reverse();

 private:
  size_t limit_;
  size_t width_ = 0;
  std::vector<Span> spans_;
};

using Lines = std::vector<Line>;

/// A whole screen.
struct Frame {
  struct Cursor {
    size_t x = 0;
    size_t y = 0;
  };

  Lines lines = {};
  std::optional<Cursor> cursor = {};  // where text is typed; nothing: none is shown
};

/// What the surface can show.
struct Surface {
  bool color = false;
  bool ascii = false;
};

/// Splits text whose only control bytes are line ends and the colours of format/role.h and
/// format/picture, which become styles.
Lines lines_of(std::string_view text);

/// The line in pieces of at most `width` cells; those after the first begin at `indent`.
Lines wrapped(const Line& line, size_t width, size_t indent);

}  // namespace pxq::live
