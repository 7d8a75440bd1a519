#pragma once

#include <string_view>

#include "base/text_buffer.h"

namespace pxq {

/// Appends `bytes` in base64 (RFC 4648, standard alphabet, padded).
void append_base64(std::string_view bytes, TextBuffer& out);

}  // namespace pxq
