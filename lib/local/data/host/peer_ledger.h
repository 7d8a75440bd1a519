#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>

#include "local/data/host/socket_traffic.h"

namespace pxq::local {

/// What rows of connections are about: a process in one role, and its peer.
struct Peer {
  uint32_t pid = 0;
  int64_t start_ticks = 0;  // of the process: pids are used again
  int64_t role = 0;
  int64_t family = 0;
  std::string address;
  int64_t port = 0;

  auto operator<=>(const Peer&) const = default;
};

/// A connection that is open when connections are read.
struct OpenConnection {
  uint64_t socket = 0;  // its inode
  Peer peer;
  std::optional<TrafficBytes> bytes;  // so far; nothing: the kernel does not tell now
};

/// Counters of connections by peer that only grow from one reading to the next: what a connection
/// has carried stays counted when it is closed. One that is opened and closed between two readings
/// is never seen.
class PeerLedger {
 public:
  struct Totals {
    int64_t opened = 0;
    int64_t closed = 0;
    TrafficBytes bytes;
    int64_t changed_ns = 0;  // the last reading at which a connection was open, or had gone
    int64_t active() const { return opened - closed; }
  };

  /// Peers whose connections are all closed are told for so long, then only remembered, in case
  /// that they come again; of those `most` at most.
  static constexpr int64_t kToldNs = 10'000'000'000;
  static constexpr int64_t kRememberedNs = 3'600'000'000'000;
  static constexpr size_t kMost = 65536;

  explicit PeerLedger(size_t most = kMost) : most_(most) {}

  /// Enters all that is open now. Times ascend.
  void enter(std::span<const OpenConnection> open, int64_t now_ns);

  const std::map<Peer, Totals>& peers() const { return peers_; }
  /// Whether a reading of this moment tells of a peer.
  static bool is_told(const Totals& totals, int64_t now_ns) {
    return totals.active() > 0 || now_ns - totals.changed_ns <= kToldNs;
  }

 private:
  struct Socket {
    std::map<Peer, Totals>::iterator peer;
    TrafficBytes bytes;  // at the last reading
    uint64_t reading = 0;
  };

  void open(const OpenConnection& connection, int64_t now_ns);
  static void close(const Socket& socket, int64_t now_ns);
  void forget(int64_t now_ns);

  const size_t most_;
  std::map<Peer, Totals> peers_;
  std::unordered_map<uint64_t, Socket> sockets_;  // that were open at the last reading
  uint64_t reading_ = 0;
};

}  // namespace pxq::local
