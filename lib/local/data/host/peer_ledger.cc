#include "local/data/host/peer_ledger.h"

#include <algorithm>
#include <vector>

#include "local/data/host/saturation.h"

namespace pxq::local {
namespace {

void add(const TrafficBytes& more, TrafficBytes& sum) {
  sum.sent = saturating_add(sum.sent, more.sent);
  sum.received = saturating_add(sum.received, more.received);
}

}  // namespace

void PeerLedger::enter(std::span<const OpenConnection> open_now, int64_t now_ns) {
  ++reading_;
  for (const OpenConnection& connection : open_now) open(connection, now_ns);
  std::erase_if(sockets_, [&](const auto& entry) {
    if (entry.second.reading == reading_) return false;
    close(entry.second, now_ns);
    return true;
  });
  forget(now_ns);
}

void PeerLedger::open(const OpenConnection& connection, int64_t now_ns) {
  const auto peer = peers_.try_emplace(connection.peer).first;
  auto [entry, is_new] = sockets_.try_emplace(connection.socket);
  Socket& socket = entry->second;
  const TrafficBytes bytes = connection.bytes.value_or(socket.bytes);
  // A socket of somebody else, or whose counters began anew, is another one by the same number.
  const bool shrank = bytes.sent < socket.bytes.sent || bytes.received < socket.bytes.received;
  if (!is_new && (socket.peer != peer || shrank)) {
    close(socket, now_ns);
    is_new = true;
    socket.bytes = {};
  }
  Totals& totals = peer->second;
  if (is_new) ++totals.opened;
  totals.changed_ns = now_ns;
  add({bytes.sent - socket.bytes.sent, bytes.received - socket.bytes.received}, totals.bytes);
  socket = {peer, bytes, reading_};
}

void PeerLedger::close(const Socket& socket, int64_t now_ns) {
  Totals& totals = socket.peer->second;
  ++totals.closed;
  totals.changed_ns = now_ns;
}

/// Closed peers that are too old, and the oldest where there are too many.
void PeerLedger::forget(int64_t now_ns) {
  std::vector<int64_t> closed;
  for (const auto& [peer, totals] : peers_) {
    if (totals.active() == 0) closed.push_back(totals.changed_ns);
  }
  int64_t first_kept = now_ns - kRememberedNs;
  if (closed.size() > most_) {
    const auto nth = closed.end() - static_cast<std::ptrdiff_t>(most_);
    std::ranges::nth_element(closed, nth);
    first_kept = std::max(first_kept, *nth);
  }
  std::erase_if(peers_, [&](const auto& entry) {
    return entry.second.active() == 0 && entry.second.changed_ns < first_kept;
  });
}

}  // namespace pxq::local
