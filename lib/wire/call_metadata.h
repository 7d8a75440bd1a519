#pragma once

#include <string>
#include <utility>
#include <vector>

namespace pxq::wire {

/// gRPC metadata to send: lower-case keys, values already checked for bytes gRPC cannot carry.
using CallMetadata = std::vector<std::pair<std::string, std::string>>;

/// Under this key a server of ours sends ahead of its messages what is to be said of the rows.
inline constexpr const char* kNoteKey = "pxq-note-bin";

}  // namespace pxq::wire
