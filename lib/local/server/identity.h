#pragma once

#include <string>

#include "base/status.h"

namespace pxq::local {

/// A server's certificate (with what stands between it and its authority) and its private key, PEM.
struct ServerIdentity {
  std::string certificate;
  std::string key;
};

/// Reads both files; the key's may be read by its owner only. kUsage for what is no certificate,
/// what is no key without a pass phrase, and two that do not belong together.
Result<ServerIdentity> read_identity(const std::string& certificate_file,
                                     const std::string& key_file);

/// A certificate that only its own key vouches for, for localhost, this machine's name, the
/// loopback addresses and `host`, for a year: clients that trust it know the server by it.
Result<ServerIdentity> make_identity(const std::string& host);

}  // namespace pxq::local
