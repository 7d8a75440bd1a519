#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace pxq::local {

/// An IP address in network order; an IPv4 address has the first four bytes.
struct IpAddress {
  bool v6 = false;
  std::array<uint8_t, 16> bytes{};

  bool operator==(const IpAddress&) const = default;
  bool is_unspecified() const { return bytes == std::array<uint8_t, 16>{}; }
  /// As inet_ntop() writes it, but an IPv4-mapped address as IPv4.
  std::string text() const;
};

/// A line of /proc/PID/net/{tcp,tcp6,udp,udp6}.
struct Socket {
  // The states in which a connection can carry data, as include/net/tcp_states.h numbers them.
  static constexpr uint8_t kEstablished = 1;
  static constexpr uint8_t kFinWait1 = 4;
  static constexpr uint8_t kFinWait2 = 5;
  static constexpr uint8_t kClose = 7;  // for UDP: no fixed peer
  static constexpr uint8_t kCloseWait = 8;
  static constexpr uint8_t kLastAck = 9;
  static constexpr uint8_t kListen = 10;
  static constexpr uint8_t kClosing = 11;

  IpAddress local;
  IpAddress remote;
  uint16_t local_port = 0;
  uint16_t remote_port = 0;
  uint8_t state = 0;
  uint64_t inode = 0;  // 0: no process has it any more
};

/// The table's sockets, in its order; the head and lines that are not understood are left out.
std::vector<Socket> parse_socket_table(std::string_view text);

}  // namespace pxq::local
