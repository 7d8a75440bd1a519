#pragma once

#include <string_view>

namespace pxq::local {

/// Who stands at the door, by the first bytes of a connection.
enum class Caller {
  kUnknown,  // more bytes are needed
  kGrpc,     // speaks HTTP/2 alone, or what only gRPC's own words can answer
  kWeb,      // would take HTTP/1.1 too, or names no protocol: no gRPC client does that
};

/// Reads the protocols that a TLS ClientHello offers.
Caller caller_of(std::string_view bytes);

}  // namespace pxq::local
