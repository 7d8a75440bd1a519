#include "fake/tcp_proxy.h"

#include <chrono>
#include <string>

#include <catch2/catch.hpp>

#include "fake/loopback.h"
#include "fake/messages.h"
#include "fake/naive_client.h"

namespace pxq::fake {
namespace {

Script good_story() {
  const Table t = Table("t").int64("a");
  return Script().send(t.metadata()).send(t.batch().int64({1, 2})).send(t.end()).send(stats());
}

TEST_CASE("A proxy without a fault changes nothing and counts") {
  Vizier vizier(good_story());
  TcpProxy proxy(vizier.port(), {});
  const NaiveOutcome outcome = NaiveClient(proxy.address()).run();
  CHECK(outcome.status.ok());
  CHECK(outcome.messages.size() == 4);
  CHECK(proxy.bytes_from_server() > 100);
  CHECK(proxy.bytes_from_client() > 100);
  CHECK(proxy.connections() == 1);
}

TEST_CASE("Bytes that come one by one come all") {
  Vizier vizier(good_story());
  TcpProxy proxy(vizier.port(), {.kind = TcpFault::Kind::kSlice});
  const NaiveOutcome outcome = NaiveClient(proxy.address()).run();
  CHECK(outcome.status.ok());
  CHECK(outcome.messages.size() == 4);
}

TEST_CASE("A connection that is cut early fails the call") {
  const auto kind = GENERATE(TcpFault::Kind::kClose, TcpFault::Kind::kReset);
  const auto offset = GENERATE(uint64_t{0}, uint64_t{9}, uint64_t{120});
  Vizier vizier(good_story());
  TcpProxy proxy(vizier.port(), {.kind = kind, .offset = offset});
  CHECK_FALSE(NaiveClient(proxy.address()).run().status.ok());
}

TEST_CASE("A stalled or a dropped direction lets the call hang") {
  const auto kind = GENERATE(TcpFault::Kind::kStall, TcpFault::Kind::kDrop);
  Vizier vizier(good_story());
  TcpProxy proxy(vizier.port(), {.kind = kind, .offset = 120});
  NaiveClient client(proxy.address());
  grpc::ClientContext context;
  CHECK(client.run(context, "", std::chrono::milliseconds(300)).status.error_code() ==
        grpc::StatusCode::DEADLINE_EXCEEDED);
}

TEST_CASE("Bytes that come late come whole, in both directions") {
  Listener upstream = listen_on_loopback();
  const TcpProxy proxy(upstream.port,
                       {.kind = TcpFault::Kind::kDelay, .time = std::chrono::milliseconds(20)});
  const UniqueFd client = connect_to_loopback(proxy.port());
  const UniqueFd server = accept_one(upstream);
  REQUIRE(send_all(client.get(), "there"));
  CHECK(receive(server.get(), 5) == "there");
  REQUIRE(send_all(server.get(), "back"));
  CHECK(receive(client.get(), 4) == "back");
}

TEST_CASE("A connection on which nothing passes is ended at both ends") {
  Listener upstream = listen_on_loopback();
  const TcpProxy proxy(upstream.port,
                       {.kind = TcpFault::Kind::kQuiet, .time = std::chrono::milliseconds(20)});
  const UniqueFd client = connect_to_loopback(proxy.port());
  const UniqueFd server = accept_one(upstream);
  CHECK(receive(client.get(), 1).empty());
  CHECK(receive(server.get(), 1).empty());
}

TEST_CASE("A flipped bit is one flipped bit") {
  Listener upstream = listen_on_loopback();
  TcpProxy proxy(upstream.port, {.kind = TcpFault::Kind::kFlip,
                                 .offset = 2,
                                 .direction = TcpFault::Direction::kToServer,
                                 .bit = 5});
  const UniqueFd client = connect_to_loopback(proxy.port());
  REQUIRE(send_all(client.get(), "abcd"));
  const UniqueFd server = accept_one(upstream);
  CHECK(receive(server.get(), 4) == "abCd");
}

TEST_CASE("Nobody listens on a closed port") { CHECK_FALSE(connect_to_loopback(closed_port())); }

}  // namespace
}  // namespace pxq::fake
