#pragma once

#include <string>
#include <string_view>

namespace pxq {

/// Visible text as ncurses can take it: it measures code points one by one and drops what follows a
/// cell with too many of them, where pxq measures whole clusters. Each cluster keeps its width.
std::string curses_text(std::string_view visible);

/// The same for terminals that have ASCII alone.
std::string curses_ascii(std::string_view visible);

}  // namespace pxq
