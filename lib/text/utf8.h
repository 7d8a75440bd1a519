#pragma once

#include <cstddef>
#include <string_view>

#include "base/text_buffer.h"

namespace pxq {

/// The length (1 to 4) of the well-formed UTF-8 sequence that `bytes` begins with; 0 if it begins
/// with none: overlong forms, surrogates and code points past U+10FFFF are not well-formed.
size_t utf8_sequence(std::string_view bytes);

/// The code point of a sequence whose length utf8_sequence() gave. REQUIRES: length != 0.
char32_t utf8_decode(std::string_view bytes, size_t length);

/// Writes `code_point` as UTF-8 at `out` (up to four bytes) and returns the end.
char* utf8_encode(char* out, char32_t code_point);

bool is_utf8(std::string_view bytes);
/// The same for any processor: the portable kernel.
bool is_utf8_by_steps(const char* in, size_t size);

/// Appends `bytes` with U+FFFD for each byte that is not part of well-formed UTF-8.
void append_utf8(std::string_view bytes, TextBuffer& out);

}  // namespace pxq
