#pragma once

#include <string>

namespace pxq {

enum class ColorChoice { kAuto, kAlways, kNever };

/// What is known of one standard stream, asked once at start.
struct Terminal {
  bool is_terminal = false;
  int width = 0;   // columns; 0 where it is not a terminal
  int height = 0;  // lines; likewise

  /// Of stdout (1) or stderr (2). $COLUMNS and $LINES stand over the terminal's own answer; one
  /// that does not say is taken for 80 columns of 24 lines.
  static Terminal of(int fd);
};

/// NO_COLOR, CLICOLOR, CLICOLOR_FORCE and TERM=dumb, under the user's --color.
bool use_color(ColorChoice choice, const Terminal& terminal);

}  // namespace pxq
