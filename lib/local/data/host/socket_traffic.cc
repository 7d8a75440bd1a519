#include "local/data/host/socket_traffic.h"

#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <limits>
#include <optional>
#include <vector>

#include "base/unique_fd.h"

namespace pxq::local {
namespace {

constexpr size_t kDatagramBytes = 256 * 1024;

/// A copy of the T at the front of `bytes`, which need not be aligned there.
template <typename T>
std::optional<T> front(std::string_view bytes) {
  if (bytes.size() < sizeof(T)) return std::nullopt;
  T value;
  std::memcpy(&value, bytes.data(), sizeof(T));
  return value;
}

size_t aligned(size_t length) { return (length + 3) & ~size_t{3}; }

int64_t clamp(uint64_t value) {
  return static_cast<int64_t>(std::min<uint64_t>(value, std::numeric_limits<int64_t>::max()));
}

/// Older kernels know fewer fields: those stay 0.
TrafficBytes traffic_of(std::string_view payload) {
  tcp_info info{};
  std::memcpy(&info, payload.data(), std::min(payload.size(), sizeof(info)));
  // bytes_acked also counts the SYN and the FIN, so bytes_sent is better where there is one.
  constexpr size_t kKnowsSent = offsetof(tcp_info, tcpi_bytes_retrans) + sizeof(uint64_t);
  const bool knows_sent =
      payload.size() >= kKnowsSent && info.tcpi_bytes_sent >= info.tcpi_bytes_retrans;
  return {
      clamp(knows_sent ? info.tcpi_bytes_sent - info.tcpi_bytes_retrans : info.tcpi_bytes_acked),
      clamp(info.tcpi_bytes_received)};
}

void take_socket(std::string_view message, SocketTraffic& traffic) {
  const auto socket = front<inet_diag_msg>(message);
  if (!socket) return;
  message.remove_prefix(sizeof(inet_diag_msg));
  while (const auto attribute = front<rtattr>(message)) {
    if (attribute->rta_len < sizeof(rtattr) || attribute->rta_len > message.size()) return;
    if (attribute->rta_type == INET_DIAG_INFO) {
      traffic[socket->idiag_inode] =
          traffic_of(message.substr(sizeof(rtattr), attribute->rta_len - sizeof(rtattr)));
    }
    message.remove_prefix(std::min(aligned(attribute->rta_len), message.size()));
  }
}

bool ask(int socket, uint8_t family) {
  struct {
    nlmsghdr header;
    inet_diag_req_v2 request;
  } message{};
  message.header.nlmsg_len = sizeof(message);
  message.header.nlmsg_type = SOCK_DIAG_BY_FAMILY;
  message.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
  message.request.sdiag_family = family;
  message.request.sdiag_protocol = IPPROTO_TCP;
  message.request.idiag_ext = 1 << (INET_DIAG_INFO - 1);
  message.request.idiag_states = ~0U;
  return ::send(socket, &message, sizeof(message), 0) == sizeof(message);
}

void read_family(int socket, uint8_t family, SocketTraffic& traffic) {
  if (!ask(socket, family)) return;
  std::vector<char> buffer(kDatagramBytes);
  DiagnosisPart part = DiagnosisPart::kMore;
  while (part == DiagnosisPart::kMore) {
    const ssize_t count = ::recv(socket, buffer.data(), buffer.size(), 0);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return;
    part = parse_socket_diagnosis({buffer.data(), static_cast<size_t>(count)}, traffic);
  }
}

}  // namespace

DiagnosisPart parse_socket_diagnosis(std::string_view datagram, SocketTraffic& traffic) {
  while (const auto header = front<nlmsghdr>(datagram)) {
    const size_t length = header->nlmsg_len;
    if (length < sizeof(nlmsghdr) || length > datagram.size()) return DiagnosisPart::kBroken;
    if (header->nlmsg_type == NLMSG_DONE) return DiagnosisPart::kLast;
    if (header->nlmsg_type == NLMSG_ERROR) return DiagnosisPart::kBroken;
    if (header->nlmsg_type == SOCK_DIAG_BY_FAMILY) {
      take_socket(datagram.substr(sizeof(nlmsghdr), length - sizeof(nlmsghdr)), traffic);
    }
    datagram.remove_prefix(std::min(aligned(length), datagram.size()));
  }
  return datagram.empty() ? DiagnosisPart::kMore : DiagnosisPart::kBroken;
}

SocketTraffic read_socket_traffic() {
  SocketTraffic traffic;
  for (const uint8_t family : {uint8_t{AF_INET}, uint8_t{AF_INET6}}) {
    // A socket each: an answer that broke off must not run into the next one.
    const UniqueFd socket{::socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_SOCK_DIAG)};
    if (!socket) break;
    const timeval patience{2, 0};
    ::setsockopt(socket.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    read_family(socket.get(), family, traffic);
  }
  return traffic;
}

}  // namespace pxq::local
