#pragma once

#include <re2/re2.h>

#include <string_view>

namespace pxq::local {

/// A text as RE2 takes it. Its own kind of view converts from std::string_view in some builds of it
/// (Debian 12's) and not in others (Debian 13's).
inline re2::StringPiece re2_text(std::string_view text) { return {text.data(), text.size()}; }

}  // namespace pxq::local
