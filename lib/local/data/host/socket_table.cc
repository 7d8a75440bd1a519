#include "local/data/host/socket_table.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <cstring>
#include <optional>

#include "base/number_text.h"
#include "local/data/host/proc_directory.h"

namespace pxq::local {
namespace {

template <typename Number>
bool parse_hex(std::string_view text, Number& number) {
  const std::optional<Number> found = number_from<Number>(text, 16);
  number = found.value_or(number);
  return found.has_value();
}

/// The kernel prints each 32-bit word of an address as a number in its own byte order.
std::optional<IpAddress> parse_address(std::string_view hex) {
  constexpr size_t kWordDigits = 8;
  if (hex.size() != kWordDigits && hex.size() != 4 * kWordDigits) return std::nullopt;
  IpAddress address;
  address.v6 = hex.size() != kWordDigits;
  for (size_t i = 0; i < hex.size() / kWordDigits; ++i) {
    uint32_t word = 0;
    if (!parse_hex(hex.substr(i * kWordDigits, kWordDigits), word)) return std::nullopt;
    std::memcpy(&address.bytes[i * sizeof(word)], &word, sizeof(word));
  }
  return address;
}

bool parse_endpoint(std::string_view text, IpAddress& address, uint16_t& port) {
  const size_t colon = text.find(':');
  if (colon == std::string_view::npos || !parse_hex(text.substr(colon + 1), port)) return false;
  const std::optional<IpAddress> parsed = parse_address(text.substr(0, colon));
  address = parsed.value_or(IpAddress{});
  return parsed.has_value();
}

std::optional<Socket> parse_socket(std::string_view line) {
  Words words{line};
  words.next();  // the slot
  Socket socket;
  if (!parse_endpoint(words.next(), socket.local, socket.local_port) ||
      !parse_endpoint(words.next(), socket.remote, socket.remote_port) ||
      !parse_hex(words.next(), socket.state)) {
    return std::nullopt;
  }
  words.skip(5);  // queues, timer, retransmits, uid, timeout
  const std::optional<int64_t> inode = words.number();
  if (!inode || *inode < 0) return std::nullopt;
  socket.inode = static_cast<uint64_t>(*inode);
  return socket;
}

}  // namespace

std::string IpAddress::text() const {
  static constexpr uint8_t kMapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  const bool mapped = v6 && std::equal(std::begin(kMapped), std::end(kMapped), bytes.begin());
  const uint8_t* first = bytes.data() + (mapped ? sizeof(kMapped) : 0);
  char buffer[INET6_ADDRSTRLEN] = {};
  ::inet_ntop(v6 && !mapped ? AF_INET6 : AF_INET, first, buffer, sizeof(buffer));
  return buffer;
}

std::vector<Socket> parse_socket_table(std::string_view text) {
  std::vector<Socket> sockets;
  while (!text.empty()) {
    const std::optional<Socket> socket = parse_socket(take_line(text));
    if (socket) sockets.push_back(*socket);
  }
  return sockets;
}

}  // namespace pxq::local
