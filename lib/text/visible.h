#pragma once

#include <string>
#include <string_view>

#include "base/text_buffer.h"

namespace pxq {

/// Appends `bytes` so that none of them can drive a terminal: a newline becomes ↵; other control
/// bytes, the code points that reorder or hide text, and bytes that are not UTF-8 become \x1b and
/// the like, byte by byte. Gives the terminal cells that this takes.
size_t append_visible(std::string_view bytes, TextBuffer& out);

std::string visible(std::string_view bytes);

}  // namespace pxq
