#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/unique_fd.h"

namespace pxq::fake {

/// What goes wrong on the way between a client and a server, and after how many bytes of one
/// direction of one connection.
struct TcpFault {
  enum class Kind {
    kNone,
    kClose,  // both ends see an orderly end (FIN)
    kReset,  // both ends see RST
    kStall,  // nothing more is passed on in this direction, nothing is lost
    kDrop,   // what comes in this direction is thrown away
    kFlip,   // one bit of the byte at the offset is turned over
    kSlice,  // every byte goes out alone
    kDelay,  // all that passes comes late, in both directions, by `time` and a bit of chance
    kQuiet,  // both ends see FIN once nothing passed for `time`, as middleboxes have it
  };
  enum class Direction { kToClient, kToServer };

  Kind kind = Kind::kNone;
  uint64_t offset = 0;
  Direction direction = Direction::kToClient;
  unsigned bit = 0;
  std::chrono::milliseconds time{0};
};

/// A TCP proxy on a random loopback port that hurts each connection in the same way.
class TcpProxy {
 public:
  TcpProxy(int upstream_port, const TcpFault& fault);
  TcpProxy(const TcpProxy&) = delete;
  TcpProxy& operator=(const TcpProxy&) = delete;
  ~TcpProxy();

  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }
  int port() const { return port_; }

  /// Bytes that came from the server (of all connections), passed on or not.
  uint64_t bytes_from_server() const { return from_server_; }
  uint64_t bytes_from_client() const { return from_client_; }
  uint64_t connections() const { return connections_; }

 private:
  class Connection;

  void accept_all();
  void serve(UniqueFd client);

  const int upstream_port_;
  const TcpFault fault_;
  UniqueFd listener_;
  UniqueFd stop_;
  int port_ = 0;
  std::atomic<uint64_t> from_server_{0};
  std::atomic<uint64_t> from_client_{0};
  std::atomic<uint64_t> connections_{0};
  std::vector<std::thread> threads_;  // of the accepting thread alone, until it ended
  std::thread accepting_;
};

}  // namespace pxq::fake
