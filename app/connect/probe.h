#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/status.h"
#include "wire/endpoint.h"

namespace pxq {

/// The numeric addresses of a host. The resolver cannot be interrupted, so it is left behind when
/// the limit passes or a stop comes.
Result<std::vector<std::string>> resolve_host(const std::string& host, Duration limit,
                                              const std::stop_token& stop);

/// Whether something listens at the endpoint, by a connection that is closed at once; says at which
/// address.
Result<std::string> probe_tcp(const wire::Endpoint& endpoint,
                              const std::vector<std::string>& addresses, Duration limit,
                              const std::stop_token& stop);

}  // namespace pxq
