#include "fake/tcp_proxy.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <algorithm>
#include <random>
#include <string_view>
#include <utility>

#include "fake/loopback.h"

namespace pxq::fake {

/// One client's connection and its twin to the server.
class TcpProxy::Connection {
 public:
  Connection(TcpProxy& proxy, UniqueFd client, UniqueFd server)
      : proxy_(proxy),
        client_{std::move(client), TcpFault::Direction::kToServer},
        server_{std::move(server), TcpFault::Direction::kToClient} {
    const int on = 1;
    ::setsockopt(client_.fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  }

  void run() {
    while (true) {
      std::array<pollfd, 3> fds{};
      fds[0] = {proxy_.stop_.get(), POLLIN, 0};
      fds[1] = {client_.stalled ? -1 : client_.fd.get(), POLLIN, 0};
      fds[2] = {server_.stalled ? -1 : server_.fd.get(), POLLIN, 0};
      const int ready = ::poll(fds.data(), fds.size(), quiet_ms());
      if (ready < 0 || fds[0].revents != 0) return;
      if (ready == 0) return end_quietly();
      if (fds[1].revents != 0 && !pass(client_, server_)) return;
      if (fds[2].revents != 0 && !pass(server_, client_)) return;
    }
  }

 private:
  struct Side {
    UniqueFd fd;
    TcpFault::Direction onward;  // where its bytes go
    uint64_t received = 0;
    bool stalled = false;
  };

  int quiet_ms() const {
    const TcpFault& fault = proxy_.fault_;
    return fault.kind == TcpFault::Kind::kQuiet ? static_cast<int>(fault.time.count()) : -1;
  }

  void end_quietly() const {
    ::shutdown(client_.fd.get(), SHUT_WR);
    ::shutdown(server_.fd.get(), SHUT_WR);
  }

  // Waits as long as bytes take on a long way; false when the test is over.
  bool linger() const {
    thread_local std::minstd_rand chance(std::random_device{}());
    const auto most = static_cast<int>(proxy_.fault_.time.count());
    pollfd stop{proxy_.stop_.get(), POLLIN, 0};
    return ::poll(&stop, 1, most + std::uniform_int_distribution(0, most / 4)(chance)) == 0;
  }

  // Takes what one side has; false when the connection is over.
  bool pass(Side& from, Side& to) {
    std::array<char, 16384> bytes;
    const ssize_t count = ::recv(from.fd.get(), bytes.data(), bytes.size(), 0);
    if (count <= 0) return false;
    const uint64_t start = from.received;
    const auto size = static_cast<size_t>(count);
    from.received += size;
    (from.onward == TcpFault::Direction::kToClient ? proxy_.from_server_ : proxy_.from_client_) +=
        size;
    const TcpFault& fault = proxy_.fault_;
    if (fault.kind == TcpFault::Kind::kDelay && !linger()) return false;
    const bool hurt = is_of_bytes(fault.kind) && fault.direction == from.onward;
    if (!hurt) return send_all(to.fd.get(), {bytes.data(), size});
    return pass_hurt({bytes.data(), size}, start, from, to);
  }

  static bool is_of_bytes(TcpFault::Kind kind) {
    return kind != TcpFault::Kind::kNone && kind != TcpFault::Kind::kDelay &&
           kind != TcpFault::Kind::kQuiet;
  }

  bool pass_hurt(std::string_view bytes, uint64_t start, Side& from, Side& to) {
    const TcpFault& fault = proxy_.fault_;
    if (fault.kind == TcpFault::Kind::kSlice) return slice(bytes, to);
    if (fault.kind == TcpFault::Kind::kFlip) return flip(std::string(bytes), start, to);
    const uint64_t room = fault.offset > start ? fault.offset - start : 0;
    if (bytes.size() < room) return send_all(to.fd.get(), bytes);
    if (!send_all(to.fd.get(), bytes.substr(0, room))) return false;
    switch (fault.kind) {
      case TcpFault::Kind::kStall: from.stalled = true; return true;
      case TcpFault::Kind::kDrop: return true;
      case TcpFault::Kind::kReset:
        reset_on_close(from.fd.get());
        reset_on_close(to.fd.get());
        return false;
      default:
        end_quietly();  // FIN first: a close with bytes unread would be a reset
        return false;
    }
  }

  static bool slice(std::string_view bytes, const Side& to) {
    for (size_t i = 0; i < bytes.size(); ++i) {
      if (!send_all(to.fd.get(), bytes.substr(i, 1))) return false;
    }
    return true;
  }

  bool flip(std::string bytes, uint64_t start, const Side& to) const {
    const TcpFault& fault = proxy_.fault_;
    if (fault.offset >= start && fault.offset - start < bytes.size()) {
      char& byte = bytes[fault.offset - start];
      byte = static_cast<char>(static_cast<unsigned char>(byte) ^ (1U << fault.bit));
    }
    return send_all(to.fd.get(), bytes);
  }

  TcpProxy& proxy_;
  Side client_;
  Side server_;
};

TcpProxy::TcpProxy(int upstream_port, const TcpFault& fault)
    : upstream_port_(upstream_port), fault_(fault), stop_(::eventfd(0, EFD_CLOEXEC)) {
  Listener listener = listen_on_loopback();
  listener_ = std::move(listener.fd);
  port_ = listener.port;
  accepting_ = std::thread([this] { accept_all(); });
}

TcpProxy::~TcpProxy() {
  const uint64_t one = 1;
  [[maybe_unused]] const ssize_t ignored = ::write(stop_.get(), &one, sizeof one);
  accepting_.join();
  for (std::thread& thread : threads_) thread.join();
}

void TcpProxy::accept_all() {
  while (true) {
    std::array<pollfd, 2> fds{{{stop_.get(), POLLIN, 0}, {listener_.get(), POLLIN, 0}}};
    if (::poll(fds.data(), fds.size(), -1) < 0 || fds[0].revents != 0) return;
    const int fd = ::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) return;
    ++connections_;
    threads_.emplace_back([this, fd] { serve(UniqueFd(fd)); });
  }
}

void TcpProxy::serve(UniqueFd client) {
  UniqueFd server = connect_to_loopback(upstream_port_);
  if (server) Connection(*this, std::move(client), std::move(server)).run();
}

}  // namespace pxq::fake
