#pragma once

#include <optional>
#include <string>

#include "wire/endpoint.h"

namespace pxq::wire {

/// An HTTP proxy that stands between us and a server.
struct Proxy {
  std::string variable;  // of the environment, that names it; its value may hold a password
  std::string host;
  std::string port;
};

/// The proxy that gRPC goes through to reach an endpoint, read from grpc_proxy, https_proxy,
/// http_proxy, no_grpc_proxy and no_proxy as gRPC reads them. Nothing for this machine: what may go
/// to it in plain text must not go to a proxy.
std::optional<Proxy> proxy_for(const Endpoint& endpoint);

}  // namespace pxq::wire
