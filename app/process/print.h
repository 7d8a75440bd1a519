#pragma once

#include <string_view>

#include "base/status.h"

namespace pxq {

/// Writes all of `text` to stdout: for help and lists, which are the data of their commands. Where
/// the reader of a pipe has left it is kInterrupted, which main() takes for the SIGPIPE that it is.
Status print(std::string_view text);

}  // namespace pxq
