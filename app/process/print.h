#pragma once

#include <string_view>

#include "base/status.h"

namespace pxq {

/// Writes all of `text` to stdout: for help and lists, which are the data of their commands.
Status print(std::string_view text);

}  // namespace pxq
