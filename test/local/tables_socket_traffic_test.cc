#include "local/data/host/socket_traffic.h"

#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/tcp.h>

#include <catch2/catch.hpp>
#include <cstddef>
#include <cstring>
#include <string>
#include <vector>

namespace pxq::local {
namespace {

template <typename T>
std::string bytes_of(const T& value) {
  return {reinterpret_cast<const char*>(&value), sizeof(value)};
}

std::string netlink(uint16_t type, const std::string& body) {
  nlmsghdr header{};
  header.nlmsg_len = static_cast<uint32_t>(sizeof(header) + body.size());
  header.nlmsg_type = type;
  std::string message = bytes_of(header) + body;
  message.resize((message.size() + 3) & ~size_t{3});
  return message;
}

std::string attribute(uint16_t type, const std::string& payload) {
  rtattr head{};
  head.rta_len = static_cast<uint16_t>(sizeof(head) + payload.size());
  head.rta_type = type;
  std::string text = bytes_of(head) + payload;
  text.resize((text.size() + 3) & ~size_t{3});
  return text;
}

std::string socket_message(uint32_t inode, const std::string& attributes) {
  inet_diag_msg message{};
  message.idiag_inode = inode;
  return netlink(SOCK_DIAG_BY_FAMILY, bytes_of(message) + attributes);
}

tcp_info info(uint64_t acked, uint64_t received, uint64_t sent, uint64_t again) {
  tcp_info result{};
  result.tcpi_bytes_acked = acked;
  result.tcpi_bytes_received = received;
  result.tcpi_bytes_sent = sent;
  result.tcpi_bytes_retrans = again;
  return result;
}

TEST_CASE("sent bytes count once, without the handshake") {
  SocketTraffic traffic;
  const std::string datagram =
      socket_message(7, attribute(INET_DIAG_MARK, "x") +
                            attribute(INET_DIAG_INFO, bytes_of(info(101, 50, 130, 30)))) +
      socket_message(8, attribute(INET_DIAG_INFO, bytes_of(info(1, 2, 3, 0))));
  CHECK(parse_socket_diagnosis(datagram, traffic) == DiagnosisPart::kMore);
  REQUIRE(traffic.size() == 2);
  CHECK(traffic[7].sent == 100);
  CHECK(traffic[7].received == 50);
  CHECK(traffic[8].sent == 3);
}

TEST_CASE("older kernels tell less") {
  const std::string whole = bytes_of(info(101, 50, 130, 30));
  SocketTraffic traffic;
  const std::string datagram =
      socket_message(7, attribute(INET_DIAG_INFO,
                                  whole.substr(0, offsetof(tcp_info, tcpi_bytes_received) + 8))) +
      socket_message(8, attribute(INET_DIAG_INFO, whole.substr(0, 20))) + socket_message(9, "");
  CHECK(parse_socket_diagnosis(datagram, traffic) == DiagnosisPart::kMore);
  CHECK(traffic[7].sent == 101);
  CHECK(traffic[7].received == 50);
  CHECK(traffic[8].sent == 0);
  CHECK(!traffic.contains(9));
}

TEST_CASE("counters beyond int64 stay at its end") {
  SocketTraffic traffic;
  const std::string datagram =
      socket_message(7, attribute(INET_DIAG_INFO, bytes_of(info(0, UINT64_MAX, UINT64_MAX, 0))));
  CHECK(parse_socket_diagnosis(datagram, traffic) == DiagnosisPart::kMore);
  CHECK(traffic[7].sent == INT64_MAX);
  CHECK(traffic[7].received == INT64_MAX);
}

TEST_CASE("the end and errors are told apart from more") {
  SocketTraffic traffic;
  CHECK(parse_socket_diagnosis("", traffic) == DiagnosisPart::kMore);
  CHECK(parse_socket_diagnosis(netlink(NLMSG_DONE, "\0\0\0\0"), traffic) == DiagnosisPart::kLast);
  CHECK(parse_socket_diagnosis(netlink(NLMSG_ERROR, "\1\0\0\0"), traffic) ==
        DiagnosisPart::kBroken);
}

TEST_CASE("no cut and no wrong length reads past the end") {
  const std::string whole =
      socket_message(7, attribute(INET_DIAG_INFO, bytes_of(info(1, 2, 3, 0)))) +
      netlink(NLMSG_DONE, "\0\0\0\0");
  for (size_t length = 0; length < whole.size(); ++length) {
    // A copy of exactly this size, so that the sanitizers see any byte too far.
    const std::vector<char> cut{whole.begin(), whole.begin() + static_cast<ptrdiff_t>(length)};
    SocketTraffic traffic;
    (void)parse_socket_diagnosis({cut.data(), cut.size()}, traffic);
    CHECK(traffic.size() <= 1);
  }
  for (size_t i = 0; i < whole.size(); ++i) {
    for (const char value : {'\0', '\1', '\x7f', '\xff'}) {
      std::vector<char> wrong{whole.begin(), whole.end()};
      wrong[i] = value;
      SocketTraffic traffic;
      (void)parse_socket_diagnosis({wrong.data(), wrong.size()}, traffic);
      CHECK(traffic.size() <= 2);
    }
  }
}

}  // namespace
}  // namespace pxq::local
