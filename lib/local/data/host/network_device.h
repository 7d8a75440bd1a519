#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace pxq::local {

/// Received bytes, packets, errors and drops, then the same four for what was sent.
using NetworkCounters = std::array<int64_t, 8>;

/// The sums over the interfaces in /proc/PID/net/dev that carry a namespace's own traffic: not the
/// loopback, and not names that begin with docker or v (bridges, veth), whose packets pass another
/// interface too. Lines that are cut short are left out.
NetworkCounters sum_network_devices(std::string_view text);

}  // namespace pxq::local
