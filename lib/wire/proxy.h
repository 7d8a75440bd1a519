#pragma once

#include <optional>
#include <string>

#include "wire/endpoint.h"

namespace pxq::wire {

/// An HTTP proxy that stands between us and a server.
struct Proxy {
  std::string variable;  // of the environment, that names it; its value may hold a password
  std::string host;      // empty where gRPC takes a part of the password for it
  std::string port;
};

/// The proxy that gRPC goes through to reach an endpoint, read from the environment as gRPC 1.51
/// does (HttpProxyMapper): the first of grpc_proxy, https_proxy and http_proxy that is set counts,
/// so that an empty one means none; no_grpc_proxy comes before no_proxy in the same way. Nothing
/// for this machine: what may go to it in plain text must not go to a proxy.
std::optional<Proxy> proxy_for(const Endpoint& endpoint);

}  // namespace pxq::wire
