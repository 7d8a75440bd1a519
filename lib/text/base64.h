#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/text_buffer.h"

namespace pxq {

/// Appends `bytes` in base64 (RFC 4648, standard alphabet, padded).
void append_base64(std::string_view bytes, TextBuffer& out);

/// The bytes behind text of append_base64(). Strict: nothing for wrong padding, blanks, an
/// impossible length or bits that are left over.
std::optional<std::string> decode_base64(std::string_view text);

/// The same in the alphabet that is safe in addresses, without padding: what JOSE uses.
std::string to_base64url(std::string_view bytes);
std::optional<std::string> decode_base64url(std::string_view text);

}  // namespace pxq
