#include "local/server/front_door.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string_view>
#include <system_error>
#include <utility>

#include "base/no_thread.h"
#include "local/server/client_hello.h"

namespace pxq::local {
namespace {

constexpr std::chrono::seconds kSpeakUp{10};  // until a connection has said what it speaks
constexpr int kTick = 50;                     // milliseconds: the rest of a hello is on its way
constexpr size_t kMostWaiting = 1000;
constexpr size_t kLongestHello = size_t{20} << 10;  // a TLS record and some

struct FreeAddresses {
  void operator()(addrinfo* list) const { ::freeaddrinfo(list); }
};
using Addresses = std::unique_ptr<addrinfo, FreeAddresses>;

Addresses resolve(std::string host, const std::string& port) {
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  addrinfo hints{};
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (::getaddrinfo(host.c_str(), port.c_str(), &hints, &found) != 0) return nullptr;
  return Addresses(found);
}

UniqueFd listen_at(const addrinfo& where) {
  UniqueFd fd(::socket(where.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  const int on = 1;
  if (!fd) return {};
  // What an earlier server left in TIME_WAIT is no reason to refuse.
  ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  if (::bind(fd.get(), where.ai_addr, where.ai_addrlen) != 0) return {};
  if (::listen(fd.get(), SOMAXCONN) != 0) return {};
  return fd;
}

in_port_t& port_of(sockaddr& address) {
  return address.sa_family == AF_INET6 ? reinterpret_cast<sockaddr_in6&>(address).sin6_port
                                       : reinterpret_cast<sockaddr_in&>(address).sin_port;
}

in_port_t port_taken(int fd) {
  sockaddr_storage bound{};
  socklen_t size = sizeof(bound);
  ::getsockname(fd, reinterpret_cast<sockaddr*>(&bound), &size);
  return port_of(reinterpret_cast<sockaddr&>(bound));
}

}  // namespace

Status cannot_listen(const std::string& address) {
  return {Code::kUsage, "cannot listen on " + address,
          "is the address in use, or not one of this machine?"};
}

Result<std::unique_ptr<FrontDoor>> FrontDoor::open(const std::string& address, Take grpc,
                                                   Take web) {
  std::unique_ptr<FrontDoor> door(new FrontDoor);
  door->grpc_ = std::move(grpc);
  door->web_ = std::move(web);
  if (Status status = door->listen(address); !status.ok()) return status;
  door->stop_.reset(::eventfd(0, EFD_CLOEXEC));
  try {
    door->thread_ = std::thread([&self = *door] { self.work(); });
  } catch (const std::system_error& error) {
    return no_thread(error);
  }
  return door;
}

FrontDoor::~FrontDoor() {
  if (!thread_.joinable()) return;
  const uint64_t one = 1;
  // It fails for no counter that is this small.
  if (::write(stop_.get(), &one, sizeof(one)) == sizeof(one)) thread_.join();
}

// A name may stand for several addresses, which get one port.
Status FrontDoor::listen(const std::string& address) {
  const size_t colon = address.rfind(':');
  const std::string host = address.substr(0, colon);
  const Addresses found = resolve(host, address.substr(colon + 1));
  in_port_t port = 0;
  for (addrinfo* one = found.get(); one != nullptr; one = one->ai_next) {
    if (port != 0) port_of(*one->ai_addr) = port;
    UniqueFd fd = listen_at(*one);
    if (!fd) continue;
    port = port_taken(fd.get());
    listeners_.push_back(std::move(fd));
  }
  address_ = fmt::format("{}:{}", host, ntohs(port));
  if (!listeners_.empty()) return {};
  return cannot_listen(address);
}

void FrontDoor::work() {
  while (true) {
    std::vector<pollfd> polled = {{stop_.get(), POLLIN, 0}};
    if (!std::exchange(full_, false)) {
      for (const UniqueFd& listener : listeners_) polled.push_back({listener.get(), POLLIN, 0});
    }
    const size_t doors = polled.size();
    // What has said a part would be readable all the time.
    for (const Waiting& one : waiting_) {
      if (!one.said_part) polled.push_back({one.fd.get(), POLLIN, 0});
    }
    const bool must_look = doors == 1 || !waiting_.empty();
    if (::poll(polled.data(), polled.size(), must_look ? kTick : -1) < 0 && errno != EINTR) return;
    if (polled[0].revents != 0) return;
    const TimePoint now = MonotonicClock::now();
    for (Waiting& one : waiting_) look(one, now);
    std::erase_if(waiting_, [](const Waiting& one) { return !one.fd; });
    for (size_t i = 1; i < doors; ++i) {
      if (polled[i].revents != 0) accept_all(polled[i].fd);
    }
  }
}

void FrontDoor::accept_all(int listener) {
  while (true) {
    UniqueFd fd(::accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (!fd) {
      full_ = errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM;
      return;
    }
    const int on = 1;
    ::setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    if (waiting_.size() >= kMostWaiting) waiting_.erase(waiting_.begin());
    waiting_.push_back({.fd = std::move(fd), .since = MonotonicClock::now()});
  }
}

// Whoever takes the connection over reads from its first byte.
void FrontDoor::look(Waiting& waiting, TimePoint now) {
  std::array<char, kLongestHello> bytes;
  const ssize_t size =
      ::recv(waiting.fd.get(), bytes.data(), bytes.size(), MSG_PEEK | MSG_DONTWAIT);
  const bool silent = size < 0 && (errno == EAGAIN || errno == EINTR);
  if (size == 0 || (size < 0 && !silent) || now - waiting.since > kSpeakUp) {
    waiting.fd.reset();
    return;
  }
  if (silent) return;
  waiting.said_part = true;
  switch (caller_of({bytes.data(), static_cast<size_t>(size)})) {
    case Caller::kGrpc: return grpc_(std::move(waiting.fd));
    case Caller::kWeb: return web_(std::move(waiting.fd));
    case Caller::kUnknown: return;
  }
}

}  // namespace pxq::local
