#pragma once

#include <string>
#include <utility>
#include <vector>

namespace pxq::wire {

/// gRPC metadata to send: lower-case keys, values already checked for bytes gRPC cannot carry.
using CallMetadata = std::vector<std::pair<std::string, std::string>>;

}  // namespace pxq::wire
