// Counters of connections from one reading to the next.

#include "local/data/host/peer_ledger.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

namespace pxq::local {
namespace {

constexpr int64_t kSecond = 1'000'000'000;

Peer peer(std::string address, uint32_t pid = 1) {
  return {.pid = pid,
          .start_ticks = 5,
          .role = 1,
          .family = 2,
          .address = std::move(address),
          .port = 80};
}

/// "address opened closed sent received" of each peer that a reading tells of.
std::vector<std::string> told(const PeerLedger& ledger, int64_t second) {
  std::vector<std::string> all;
  for (const auto& [who, totals] : ledger.peers()) {
    if (!PeerLedger::is_told(totals, second * kSecond)) continue;
    all.push_back(who.address + " " + std::to_string(totals.opened) + " " +
                  std::to_string(totals.closed) + " " + std::to_string(totals.bytes.sent) + " " +
                  std::to_string(totals.bytes.received));
  }
  return all;
}

struct Readings {
  std::vector<std::string> at(int64_t second, std::vector<OpenConnection> open) {
    ledger.enter(open, second * kSecond);
    return told(ledger, second);
  }
  PeerLedger ledger;
};

using Rows = std::vector<std::string>;
using Bytes = TrafficBytes;

TEST_CASE("one reading is what is open") {
  Readings readings;
  CHECK(readings.at(1, {{7, peer("b"), Bytes{10, 1}},
                        {8, peer("b"), Bytes{5, 2}},
                        {9, peer("a"), std::nullopt}}) == Rows{"a 1 0 0 0", "b 2 0 15 3"});
  CHECK(readings.ledger.peers().begin()->second.active() == 1);
}

TEST_CASE("counters grow with the bytes of open connections, and closed ones stay counted") {
  Readings readings;
  readings.at(1, {{7, peer("a"), Bytes{10, 1}}});
  CHECK(readings.at(2, {{7, peer("a"), Bytes{30, 1}}, {8, peer("a"), Bytes{4, 4}}}) ==
        Rows{"a 2 0 34 5"});
  CHECK(readings.at(3, {{8, peer("a"), Bytes{5, 4}}}) == Rows{"a 2 1 35 5"});
  CHECK(readings.at(4, {{9, peer("a"), Bytes{100, 100}}}) == Rows{"a 3 2 135 105"});
}

TEST_CASE("a peer that is gone is told for a while, and goes on where it was when it comes again") {
  Readings readings;
  readings.at(1, {{7, peer("a"), Bytes{10, 1}}});
  CHECK(readings.at(2, {}) == Rows{"a 1 1 10 1"});
  CHECK(readings.at(12, {}) == Rows{"a 1 1 10 1"});
  CHECK(readings.at(13, {}).empty());
  CHECK(readings.at(600, {{8, peer("a"), Bytes{1, 1}}}) == Rows{"a 2 1 11 2"});
  readings.at(601, {});
  readings.at(601 + 3601, {});
  CHECK(readings.ledger.peers().empty());
}

TEST_CASE("a number that means another socket now does not take bytes back") {
  Readings readings;
  readings.at(1, {{7, peer("a"), Bytes{10, 10}}});
  // The same number with smaller counters, then with another peer.
  CHECK(readings.at(2, {{7, peer("a"), Bytes{3, 12}}}) == Rows{"a 2 1 13 22"});
  CHECK(readings.at(3, {{7, peer("b"), Bytes{4, 4}}}) == Rows{"a 2 2 13 22", "b 1 0 4 4"});
}

TEST_CASE("what the kernel does not tell once is not lost") {
  Readings readings;
  readings.at(1, {{7, peer("a"), Bytes{10, 10}}});
  CHECK(readings.at(2, {{7, peer("a"), std::nullopt}}) == Rows{"a 1 0 10 10"});
  CHECK(readings.at(3, {{7, peer("a"), Bytes{12, 10}}}) == Rows{"a 1 0 12 10"});
}

TEST_CASE("a pid that is used again is another process") {
  Readings readings;
  readings.at(1, {{7, peer("a"), Bytes{10, 10}}});
  Peer again = peer("a");
  again.start_ticks = 6;
  CHECK(readings.at(2, {{8, again, Bytes{1, 1}}}) == Rows{"a 1 1 10 10", "a 1 0 1 1"});
}

TEST_CASE("only so many peers are remembered, the youngest, and all that are open") {
  PeerLedger ledger(3);
  std::vector<OpenConnection> open;
  for (uint64_t i = 0; i < 10; ++i) open.push_back({i, peer(std::to_string(i)), Bytes{1, 1}});
  ledger.enter(open, kSecond);
  CHECK(ledger.peers().size() == 10);
  for (int64_t left = 9; left >= 1; --left) {
    open.resize(static_cast<size_t>(left));
    ledger.enter(open, (11 - left) * kSecond);
  }
  // Open is 0; those that were closed last are 1, 2 and 3.
  REQUIRE(ledger.peers().size() == 4);
  CHECK(ledger.peers().rbegin()->first.address == "3");
}

}  // namespace
}  // namespace pxq::local
