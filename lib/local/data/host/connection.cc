#include "local/data/host/connection.h"

#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace pxq::local {
namespace {

bool is_open_tcp(const Socket& socket) {
  switch (socket.state) {
    case Socket::kEstablished:
    case Socket::kFinWait1:
    case Socket::kFinWait2:
    case Socket::kCloseWait:
    case Socket::kLastAck:
    case Socket::kClosing: return true;
    default: return false;
  }
}

/// Adds the connections of one protocol, for both families.
void add_connections(const ProcDirectory& proc, const NetworkNamespace& place,
                     std::string_view protocol, std::vector<Connection>& connections) {
  const bool tcp = protocol == "tcp";
  std::set<uint16_t> served;
  std::vector<Socket> open;
  for (const std::string& file : {std::string(protocol), std::string(protocol) + '6'}) {
    for (const Socket& socket : parse_socket_table(place.read(proc, file).value_or(""))) {
      // The kernel shows a UDP socket without a peer as closed.
      const bool waits = socket.state == (tcp ? Socket::kListen : Socket::kClose);
      if (waits && socket.remote.is_unspecified()) served.insert(socket.local_port);
      const bool connected = tcp ? is_open_tcp(socket) : socket.state == Socket::kEstablished;
      // A socket that no process holds any more has the inode 0.
      if (connected && socket.inode != 0) open.push_back(socket);
    }
  }
  for (const Socket& socket : open) {
    // Nothing says who opened a connection; whoever listens on its port has accepted it.
    connections.push_back({socket, served.contains(socket.local_port)});
  }
}

uint64_t socket_inode(const std::optional<std::string>& link) {
  constexpr std::string_view kPrefix = "socket:[";
  if (!link || !link->starts_with(kPrefix) || !link->ends_with(']')) return 0;
  const std::string number = link->substr(kPrefix.size(), link->size() - kPrefix.size() - 1);
  return static_cast<uint64_t>(Words{number}.number().value_or(0));
}

}  // namespace

std::vector<Connection> find_connections(const ProcDirectory& proc,
                                         std::span<const NetworkNamespace> namespaces) {
  std::vector<Connection> connections;
  for (const NetworkNamespace& place : namespaces) {
    add_connections(proc, place, "tcp", connections);
    add_connections(proc, place, "udp", connections);
  }
  return connections;
}

std::unordered_map<uint64_t, uint32_t> find_owners(const ProcDirectory& proc,
                                                   std::span<const uint32_t> pids,
                                                   std::span<const Connection> connections) {
  constexpr uint32_t kNobody = 0;
  std::unordered_map<uint64_t, uint32_t> owners;
  for (const Connection& connection : connections) owners[connection.socket.inode] = kNobody;
  if (owners.empty()) return owners;
  for (const uint32_t pid : pids) {
    const std::string directory = std::to_string(pid) + "/fd/";
    for (const uint32_t descriptor : proc.descriptors(pid)) {
      const auto owner =
          owners.find(socket_inode(proc.link(directory + std::to_string(descriptor))));
      // A socket that was inherited counts for the process with the lowest number.
      if (owner != owners.end() && owner->second == kNobody) owner->second = pid;
    }
  }
  std::erase_if(owners, [](const auto& owner) { return owner.second == kNobody; });
  return owners;
}

}  // namespace pxq::local
