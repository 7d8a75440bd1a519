#pragma once

#include <cstdint>
#include <string_view>
#include <unordered_map>

namespace pxq::local {

/// How many bytes of data a connection has carried so far.
struct TrafficBytes {
  int64_t sent = 0;
  int64_t received = 0;
};

/// The traffic of TCP sockets by their inode.
using SocketTraffic = std::unordered_map<uint64_t, TrafficBytes>;

/// Asks the kernel (NETLINK_SOCK_DIAG) about the TCP sockets of our own network namespace. What it
/// does not tell us is missing; not being allowed to ask is no failure.
SocketTraffic read_socket_traffic();

/// What one datagram of the kernel's answer was.
enum class DiagnosisPart { kMore, kLast, kBroken };

/// Takes the sockets of one datagram; one that contradicts itself is kBroken from there on.
DiagnosisPart parse_socket_diagnosis(std::string_view datagram, SocketTraffic& traffic);

}  // namespace pxq::local
