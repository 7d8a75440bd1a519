#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/status.h"

namespace grpc {
class Channel;
}

namespace pxq::wire {

/// How the connection is protected. Verification is never switched off.
struct TlsOptions {
  std::string ca_file;      // PEM roots to trust instead of the system's; empty: the system's
  std::string server_name;  // name to expect in the certificate; empty: the host of the address
};

/// An address that pxq can connect to.
struct Endpoint {
  enum class Kind { kTcp, kUnix };
  Kind kind = Kind::kTcp;
  std::string host;  // a name, an IPv4 address, or an IPv6 address without brackets
  std::string port;
  std::string path;  // of a unix socket
  bool plaintext = false;
  TlsOptions tls;

  /// As the user would write it.
  std::string text() const;
  bool is_loopback() const;
};

/// Reads HOST:PORT, [IPV6]:PORT or unix:PATH. A missing port becomes `default_port`, or is an
/// error where that is empty.
Result<Endpoint> parse_endpoint(std::string_view address, std::string_view default_port = {});

/// The largest message accepted unless the user says otherwise. A Vizier sends up to about 8 MiB
/// (docs/wire.md); gRPC's own default of 4 MiB would refuse those.
inline constexpr size_t kMaxMessageBytes = 16u << 20;

/// The version of the gRPC that is linked.
std::string grpc_version();

/// A channel that connects when first used. Fails only on unusable CA files.
Result<std::shared_ptr<grpc::Channel>> make_channel(const Endpoint& endpoint,
                                                    size_t max_message_bytes = kMaxMessageBytes);

/// Connects meanwhile, before the channel is first used.
void start_connecting(grpc::Channel& channel);

}  // namespace pxq::wire
