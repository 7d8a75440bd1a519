#pragma once

#include <string>
#include <string_view>

namespace pxq::local {

// Data is bytes, but the JSON parser takes UTF-8 only. Bytes that are none go through it as code
// points of the private use plane; the bytes of those that are really there go the same way, so
// that what comes out is what went in.

/// The text in UTF-8.
std::string hide_bytes(std::string_view text);
/// The bytes again.
std::string show_bytes(std::string_view text);

}  // namespace pxq::local
