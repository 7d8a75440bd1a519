#pragma once

#include <string>

#include "live/frame.h"

namespace pxq::live {

/// All keys and what they do.
Lines help_lines();

/// The same as text, for `pxq help live` and the like.
std::string help_text();

}  // namespace pxq::live
