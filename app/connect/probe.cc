#include "connect/probe.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <memory>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>

#include "base/no_thread.h"
#include "base/unique_fd.h"

namespace pxq {
namespace {

constexpr int kPollMs = 50;  // how soon a stop is seen

struct FreeAddresses {
  void operator()(addrinfo* list) const { ::freeaddrinfo(list); }
};
using AddressList = std::unique_ptr<addrinfo, FreeAddresses>;

Status no_name(const std::string& host, std::string_view why) {
  return Status(Code::kConnect, fmt::format("the name {} cannot be resolved: {}", host, why),
                "check the spelling, and the DNS of this machine")
      .with_retryable(true);
}

/// What the resolving thread and whoever waits for it share.
struct Resolution {
  std::mutex mutex;
  std::condition_variable_any done;
  std::optional<int> error;
  std::vector<std::string> addresses;
};

void resolve(const std::string& host, Resolution& resolution) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* raw = nullptr;
  const int error = ::getaddrinfo(host.c_str(), nullptr, &hints, &raw);
  const AddressList list(raw);
  std::vector<std::string> addresses;
  for (const addrinfo* one = raw; one != nullptr; one = one->ai_next) {
    char text[NI_MAXHOST];
    if (::getnameinfo(one->ai_addr, one->ai_addrlen, text, sizeof text, nullptr, 0,
                      NI_NUMERICHOST) == 0) {
      addresses.emplace_back(text);
    }
  }
  {
    const std::lock_guard lock(resolution.mutex);
    resolution.error = error;
    resolution.addresses = std::move(addresses);
  }
  resolution.done.notify_all();
}

// Waits for a connection that is under way; 0, or the errno that it ended with.
int finish_connect(int fd, TimePoint deadline, const std::stop_token& stop) {
  while (MonotonicClock::now() < deadline && !stop.stop_requested()) {
    pollfd entry{.fd = fd, .events = POLLOUT, .revents = 0};
    if (::poll(&entry, 1, kPollMs) <= 0) continue;
    int error = 0;
    socklen_t size = sizeof error;
    ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size);
    return error;
  }
  return stop.stop_requested() ? ECANCELED : ETIMEDOUT;
}

int connect_to(const sockaddr* address, socklen_t size, TimePoint deadline,
               const std::stop_token& stop) {
  const UniqueFd fd(::socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd) return errno;
  if (::connect(fd.get(), address, size) == 0) return 0;
  return errno == EINPROGRESS ? finish_connect(fd.get(), deadline, stop) : errno;
}

int connect_to(const std::string& address, const std::string& port, TimePoint deadline,
               const std::stop_token& stop) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
  addrinfo* raw = nullptr;
  if (::getaddrinfo(address.c_str(), port.c_str(), &hints, &raw) != 0) return EINVAL;
  const AddressList list(raw);
  return connect_to(raw->ai_addr, raw->ai_addrlen, deadline, stop);
}

int connect_to_path(const std::string& path, TimePoint deadline, const std::stop_token& stop) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) return ENAMETOOLONG;
  std::memcpy(address.sun_path, path.data(), path.size());
  return connect_to(reinterpret_cast<const sockaddr*>(&address), sizeof address, deadline, stop);
}

std::string_view advice(int error) {
  switch (error) {
    case ECONNREFUSED: return "is the server running there?";
    case ENOENT: return "is the path right, and the server running?";
    case EACCES: return "who may use the socket is a matter of its mode";
    default: return "is there a firewall or a proxy on the way?";
  }
}

Status not_connected(const std::string& where, int error) {
  if (error == ECANCELED) return {Code::kInterrupted, "interrupted"};
  return Status(Code::kConnect,
                fmt::format("cannot connect to {}: {}", where,
                            error == ETIMEDOUT ? "no answer" : std::strerror(error)),
                std::string(advice(error)))
      .with_retryable(true);
}

TimePoint deadline_of(Duration limit) {
  return limit > Duration::zero() ? MonotonicClock::now() + limit : TimePoint::max();
}

}  // namespace

Result<std::vector<std::string>> resolve_host(const std::string& host, Duration limit,
                                              const std::stop_token& stop) try {
  auto resolution = std::make_shared<Resolution>();
  // getaddrinfo() cannot be interrupted, so a thread that is still in it is left behind.
  std::thread([host, resolution] { resolve(host, *resolution); }).detach();
  std::unique_lock lock(resolution->mutex);
  const auto done = [&] { return resolution->error.has_value(); };
  if (limit > Duration::zero()) {
    resolution->done.wait_for(lock, stop, limit, done);
  } else {
    resolution->done.wait(lock, stop, done);
  }
  if (stop.stop_requested()) return Status(Code::kInterrupted, "interrupted");
  if (!resolution->error) return no_name(host, "the resolver does not answer");
  if (*resolution->error != 0) return no_name(host, ::gai_strerror(*resolution->error));
  std::vector<std::string> addresses = std::move(resolution->addresses);
  addresses.erase(std::unique(addresses.begin(), addresses.end()), addresses.end());
  return addresses;
} catch (const std::system_error& error) {
  return no_thread(error);
}

Result<std::string> probe_tcp(const wire::Endpoint& endpoint,
                              const std::vector<std::string>& addresses, Duration limit,
                              const std::stop_token& stop) {
  const TimePoint deadline = deadline_of(limit);
  if (endpoint.kind == wire::Endpoint::Kind::kUnix) {
    const int error = connect_to_path(endpoint.path, deadline, stop);
    return error == 0 ? Result<std::string>(endpoint.text())
                      : not_connected(endpoint.text(), error);
  }
  int error = EADDRNOTAVAIL;
  for (const std::string& address : addresses) {
    error = connect_to(address, endpoint.port, deadline, stop);
    if (error == 0) return fmt::format("{} port {}", address, endpoint.port);
    if (error == ECANCELED) break;
  }
  return not_connected(endpoint.text(), error);
}

}  // namespace pxq
