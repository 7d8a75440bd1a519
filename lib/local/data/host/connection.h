#pragma once

#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

#include "local/data/host/network_namespace.h"
#include "local/data/host/proc_directory.h"
#include "local/data/host/socket_table.h"

namespace pxq::local {

/// A socket with a peer that a process has open. `server` means that its local port also has a
/// socket that waits for peers.
struct Connection {
  Socket socket;
  bool server = false;
};

/// The open TCP and UDP connections of the namespaces.
std::vector<Connection> find_connections(const ProcDirectory& proc,
                                         std::span<const NetworkNamespace> namespaces);

/// The pid that has each connection's socket, by inode; sockets of processes that we may not look
/// into are missing. One that several processes share belongs to the lowest pid, mostly the parent.
std::unordered_map<uint64_t, uint32_t> find_owners(const ProcDirectory& proc,
                                                   std::span<const uint32_t> pids,
                                                   std::span<const Connection> connections);

}  // namespace pxq::local
