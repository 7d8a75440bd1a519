#pragma once

#include <string>
#include <string_view>

#include "base/text_buffer.h"

namespace pxq {

/// What becomes of bytes that are not UTF-8, since JSON text is always UTF-8.
enum class InvalidUtf8 {
  kReversible,  // byte b becomes U+10FF00 + b; so do the bytes of a real U+10FF80..U+10FFFF
  kReplace,     // each such byte becomes U+FFFD
};

/// Appends `bytes` as a JSON string with its quotes.
void append_json_string(std::string_view bytes, InvalidUtf8 invalid, TextBuffer& out);

/// Gives back the bytes behind text that was written with InvalidUtf8::kReversible, after a parser
/// has undone JSON's own escapes.
std::string original_bytes(std::string_view text);

}  // namespace pxq
