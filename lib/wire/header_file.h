#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/status.h"

namespace pxq::wire {

/// Headers as gRPC carries them: names in lower case.
using Headers = std::vector<std::pair<std::string, std::string>>;

/// Reads headers, which are secrets, from a file that only its owner may read: a line each, as
/// `Name: value` or `name=value`; blank lines and lines that begin with # do not count. kUsage with
/// the line for what gRPC cannot carry. No message quotes a value, or a line that may hold one.
Result<Headers> read_header_file(const std::string& path);

}  // namespace pxq::wire
