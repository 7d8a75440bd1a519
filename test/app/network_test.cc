// The network between pxq and a Vizier: no way there, cut, frozen, slow, or telling lies.

#include <signal.h>

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "cloud_session.h"
#include "export_session.h"
#include "fake/loopback.h"
#include "fake/tcp_proxy.h"
#include "fake/tls_certificates.h"
#include "session.h"

namespace pxq::app {
namespace {

using fake::TcpFault;
using fake::TcpProxy;

TEST_CASE("N01 a refused connection is exit 5") {
  const Session session;
  const std::string address = "127.0.0.1:" + std::to_string(fake::closed_port());
  const fake::ProcessResult result = fake::run(session.run_at(address));
  session.check(result, {5, "", {"cannot connect to " + address, "refused"}});
}

TEST_CASE("A unix path without a server is exit 5") {
  const Session session;
  session.check(fake::run(session.run_at("unix:" + session.home().path("none.sock"))), {5});
}

TEST_CASE("A Vizier behind a unix path is reached") {
  const fake::TempDir dir;
  fake::Vizier vizier({.unix_path = dir.path("v.sock"), .identity = {}});
  vizier.answer(whole());
  const Session session;
  session.check(fake::run(session.run_at(vizier.address())), {.out = kWholeRows});
}

TEST_CASE("N02 a connection that nobody accepts ends with the connect limit") {
  const fake::Listener listener = fake::listen_on_loopback(0);
  // Connections that fill the queue, so that the next SYN gets no answer.
  const UniqueFd first = fake::connect_to_loopback(listener.port);
  const Session session;
  fake::Process waiting({.arguments = {"-c", "exec 3<>/dev/tcp/127.0.0.1/" +
                                                 std::to_string(listener.port) + "; sleep 30"},
                         .program = "/bin/bash"});
  const fake::ProcessResult result = fake::run(
      session.run_at("127.0.0.1:" + std::to_string(listener.port), {"--connect-timeout", "700ms"}));
  session.check(result, {5, "", {"cannot connect"}});
  CHECK(result.elapsed < std::chrono::seconds(3));
}

TEST_CASE("N03 a name that does not resolve is told as such") {
  const Session session;
  const fake::ProcessResult result =
      fake::run(session.run_at("no-such-host.invalid:1", {"--connect-timeout", "3s"}));
  session.check(result, {5, "", {"no-such-host.invalid"}});
}

// Cuts a whole stream, in both ways, after every `step` bytes.
void check_cuts(uint64_t step) {
  fake::Vizier vizier(whole());
  uint64_t length = 0;
  {
    const TcpProxy proxy(vizier.port(), {});
    const Session session;
    session.check(fake::run(session.run_at(proxy.address())), {.out = kWholeRows});
    length = proxy.bytes_from_server();
  }
  const auto kind = GENERATE(TcpFault::Kind::kClose, TcpFault::Kind::kReset);
  // The last bytes are the trailers: with them the stream was whole.
  for (uint64_t offset = 0; offset + 40 < length; offset += step) {
    const TcpProxy proxy(vizier.port(), {.kind = kind, .offset = offset});
    const Session session;
    const fake::ProcessResult result =
        fake::run(session.run_at(proxy.address(), {"--connect-timeout", "1s"}));
    INFO("offset " << offset << " of " << length << ", stderr: " << result.err);
    CHECK((result.status() == 5 || result.status() == 8));
    CHECK((result.out.empty() || result.out == kWholeRows));
    if (!result.out.empty()) CHECK(result.status() == 8);
    session.check_manners(result);
  }
}

TEST_CASE("N09 a cut at any byte is never a whole result") { check_cuts(53); }

TEST_CASE("N09 nor is one at every byte", "[.sweep]") { check_cuts(1); }

TEST_CASE("N17 a flipped bit never crashes and never passes for the truth unseen") {
  fake::Vizier vizier(whole());
  for (uint64_t offset = 0; offset < 400; offset += 29) {
    const TcpProxy proxy(vizier.port(), {.kind = TcpFault::Kind::kFlip,
                                         .offset = offset,
                                         .bit = static_cast<unsigned>(offset % 8)});
    const Session session;
    const fake::ProcessResult result = fake::run(
        session.run_at(proxy.address(), {"--connect-timeout", "1s", "--idle-timeout", "1s"}));
    INFO("offset " << offset << ", stderr: " << result.err);
    CHECK(result.exit_code.has_value());
    CHECK(result.status() != 1);
    session.check_manners(result);
  }
}

TEST_CASE("N11 a peer that falls silent ends with the idle limit") {
  const fake::Table t = numbers();
  fake::Vizier vizier(fake::Script().send(t.metadata()).send(t.batch().int64({1})).silence());
  const Session session;
  const fake::ProcessResult result =
      fake::run(session.run_at(vizier.address(), {"--idle-timeout", "400ms"}));
  session.check(result, {7, "{\"a\":1}\n", {"silent"}});
  CHECK(result.elapsed < std::chrono::seconds(4));
  CHECK(vizier.wait_for_cancel());
}

TEST_CASE("N11 a peer that is frozen, transport and all, ends with the idle limit") {
  // It waits without reading, so not even pings are answered.
  const fake::RawHttp2 peer(fake::Exchange()
                                .headers()
                                .send(numbers().metadata())
                                .send(numbers().batch().int64({1}).response())
                                .wait("never"));
  const Session session;
  const fake::ProcessResult result =
      fake::run(session.run_at(peer.address(), {"--idle-timeout", "400ms"}));
  session.check(result, {7, "{\"a\":1}\n", {"silent", "INCOMPLETE"}});
  CHECK(result.elapsed < std::chrono::seconds(6));
}

TEST_CASE("N12 a peer that never says a word ends with a limit") {
  const Session session;
  SECTION("after accepting the request") {
    const fake::RawHttp2 peer(fake::Exchange().silence());
    session.check(fake::run(session.run_at(peer.address(), {"--idle-timeout", "400ms"})), {7});
  }
  SECTION("before the first byte of HTTP/2") {
    const fake::RawHttp2 peer(fake::Exchange::from_scratch().silence());
    session.check(fake::run(session.run_at(peer.address(),
                                           {"--connect-timeout", "400ms", "--idle-timeout", "2s"})),
                  {5});
  }
}

TEST_CASE("R09 The total limit ends an endless stream") {
  const fake::Table t = numbers();
  fake::Vizier vizier(fake::Script()
                          .send(t.metadata())
                          .endless(t.batch().int64({1}), std::chrono::milliseconds(20)));
  const Session session;
  const fake::ProcessResult result =
      fake::run(session.run_at(vizier.address(), {"--timeout", "500ms"}));
  CHECK(result.status() == 7);
  CHECK(count(result.out, "{\"a\":1}\n") * 8 == result.out.size());
  session.check_manners(result);
  CHECK(vizier.wait_for_cancel());
}

TEST_CASE("N13 bytes that come one by one change nothing") {
  fake::Vizier vizier(whole());
  const TcpProxy proxy(vizier.port(), {.kind = TcpFault::Kind::kSlice});
  const Session session;
  session.check(fake::run(session.run_at(proxy.address())), {.out = kWholeRows});
}

TEST_CASE("N15 a long way with jitter changes nothing") {
  fake::Vizier vizier(whole());
  const TcpProxy proxy(vizier.port(),
                       {.kind = TcpFault::Kind::kDelay, .time = std::chrono::milliseconds(200)});
  const Session session;
  const fake::ProcessResult result = fake::run(session.run_at(proxy.address()));
  session.check(result, {.out = kWholeRows});
  CHECK(result.elapsed > std::chrono::milliseconds(600));  // there, back, and there again
}

TEST_CASE("N18 an export that a middlebox cuts for its silence leaves nothing and says so") {
  const int64_t now = now_ns();
  const fake::Table table = events_table();
  fake::Vizier vizier(fake::Script()
                          .send(table.metadata())
                          .send(events_batch(table, {{now - kMinuteNs, 1}}))
                          .silence());
  const TcpProxy proxy(vizier.port(),
                       {.kind = TcpFault::Kind::kQuiet, .time = std::chrono::milliseconds(700)});
  const CronJob job(proxy.address());
  const fake::ProcessResult cut = job.run();
  job.session().check(cut, {8, "", {"the stream was cut"}});
  CHECK(job.rows().empty());
  CHECK(job.summary()["exit"] == 8);
  vizier.answer_from_now_on(holding({{now - kMinuteNs, 1}}));
  CHECK(job.run().status() == 0);  // no watermark was moved
  CHECK(job.rows().size() == 1);
}

TEST_CASE("N20 a proxy that is not there or refuses is named by its variable") {
  const Session session;
  fake::Command command = session.run_at("vizier.example:1", {"--connect-timeout", "3s"});
  SECTION("not there") {
    command.environment["http_proxy"] = "http://127.0.0.1:" + std::to_string(fake::closed_port());
    session.check(fake::run(command), {5, "", {"cannot connect", "$http_proxy", "refused"}});
  }
  SECTION("refuses") {
    const fake::RawHttp2 proxy(
        fake::Exchange::from_scratch()
            .bytes("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
            .silence());
    command.environment["https_proxy"] = "http://" + proxy.address();
    command.arguments.push_back("-v");
    const fake::ProcessResult result = fake::run(command);
    session.check(result, {5, "", {"$https_proxy", "407"}});
    CHECK_THAT(result.err, !Catch::Contains("trying again"));
  }
}

TEST_CASE("N21 a server that goes between the look-up and the query") {
  const fake::Exchange clusters =
      fake::Exchange().headers().send(fake::clusters({{.id = kProd, .name = "prod"}})).ok();
  const fake::Table t = numbers();
  const fake::Exchange rows = fake::Exchange()
                                  .headers()
                                  .send(t.metadata())
                                  .send(t.batch().int64({1, 2}).eos().response())
                                  .send(fake::stats())
                                  .ok();
  const fake::RawHttp2 peer({clusters, fake::Exchange().close(), rows});
  Session session;
  fake::Command command = session.command({"run", "-e", "import px", "--cloud", peer.address(),
                                           "--insecure", "--no-e2e", "-o", "out.jsonl"});
  command.environment["PX_API_KEY"] = kKey;
  SECTION("is asked again") {
    session.allow("out.jsonl");
    session.check(fake::run(command), {});
    CHECK(session.home().read("out.jsonl") == kWholeRows);
  }
  SECTION("or not") {
    command.arguments.insert(command.arguments.end(), {"--retries", "0"});
    session.check(fake::run(command), {5, "", {"closed the connection"}});
  }
}

TEST_CASE("N23 a server that comes up late is reached, each attempt is told") {
  const fake::Table t = numbers();
  const fake::Exchange gone = fake::Exchange().close();  // as soon as it is asked
  const fake::RawHttp2 peer({gone, gone,
                             fake::Exchange()
                                 .headers()
                                 .send(t.metadata())
                                 .send(t.batch().int64({1, 2}).eos().response())
                                 .send(fake::stats())
                                 .ok()});
  const Session session;
  const fake::ProcessResult result =
      fake::run(session.run_at(peer.address(), {"--retries", "3", "-v"}));
  session.check(result, {.out = kWholeRows});
  CHECK(count(result.err, "trying again in 0.") >= 1);  // the pause is half a second, then one
  CHECK(count(result.err, "trying again in ") == 2);
}

TEST_CASE("N22 a server that has IPv6 only is reached") {
  std::unique_ptr<fake::Vizier> vizier;
  try {
    vizier = std::make_unique<fake::Vizier>(fake::VizierOptions{.host = "[::1]"});
  } catch (const std::runtime_error& error) {
    WARN("not tested: no IPv6 here: " << error.what());
    return;
  }
  vizier->answer(whole());
  const Session session;
  session.check(fake::run(session.run_at(vizier->address())), {.out = kWholeRows});
}

TEST_CASE("N16 a half-open connection still delivers, and a cancel is bounded") {
  const fake::Table t = numbers();
  fake::Vizier vizier(whole());
  uint64_t asked = 0;
  {
    const TcpProxy proxy(vizier.port(), {});
    const Session session;
    fake::run(session.run_at(proxy.address()));
    asked = proxy.bytes_from_client();
  }
  vizier.answer(fake::Script().send(t.metadata()).send(t.batch().int64({1})).silence());
  const TcpProxy proxy(vizier.port(), {.kind = TcpFault::Kind::kDrop,
                                       .offset = asked,
                                       .direction = TcpFault::Direction::kToServer});
  const Session session;
  fake::run(session.run_at(vizier.address()));  // takes the first script
  fake::Process process(session.run_at(proxy.address()));
  REQUIRE(process.wait_for_out("{\"a\":1}\n"));
  process.signal(SIGTERM);
  const fake::ProcessResult result = process.wait();
  session.check(result, {143, "{\"a\":1}\n"});
}

TEST_CASE("TLS failures are told apart and never a result") {
  const fake::CertificateAuthority authority;
  const fake::CertificateAuthority other("another authority");
  const fake::TempDir dir;
  const std::string trusted = dir.write("ca.pem", authority.certificate());
  const auto run = [&](const fake::ServerIdentity& identity, std::vector<std::string> flags) {
    fake::Vizier vizier({.unix_path = {}, .identity = identity});
    vizier.answer(whole());
    const Session session;
    flags.insert(flags.begin(), {"run", "-e", "import px", "--addr", vizier.address()});
    const fake::ProcessResult result = fake::run(session.command(flags));
    session.check_manners(result);
    INFO(result.err);
    CHECK_THAT(result.err, !Catch::Contains("no answer within"));  // told, not timed out
    return result;
  };
  const std::vector<std::string> trust = {"--tls-ca", trusted};
  SECTION("trusted") {
    const fake::ProcessResult result = run(authority.issue(), trust);
    CHECK(result.status() == 0);
    CHECK(result.out == kWholeRows);
  }
  SECTION("unknown authority") {
    CHECK(run(authority.issue(), {}).status() == 5);
    const fake::ProcessResult result = run(other.issue(), trust);
    CHECK(result.status() == 5);
    CHECK_THAT(result.err, Catch::Contains("not trusted"));
  }
  SECTION("expired, not yet valid, vouched for by itself") {
    CHECK(run(authority.expired(), trust).status() == 5);
    CHECK(run(authority.not_yet_valid(), trust).status() == 5);
    CHECK(run(fake::self_signed(), trust).status() == 5);
  }
  SECTION("another name") {
    const fake::ProcessResult result = run(authority.with_wrong_name(), trust);
    CHECK(result.status() == 5);
    CHECK_THAT(result.err, Catch::Contains("another name"));
    std::vector<std::string> named = trust;
    named.insert(named.end(), {"--tls-server-name", "elsewhere.invalid"});
    CHECK(run(authority.with_wrong_name(), named).status() == 0);
  }
  SECTION("plaintext against TLS") {
    const fake::ProcessResult result = run(authority.issue(), {"--insecure"});
    CHECK(result.status() == 5);
  }
}

TEST_CASE("A12 TLS against a plaintext server says so") {
  fake::Vizier vizier(whole());
  const Session session;
  const fake::ProcessResult result =
      fake::run(session.command({"run", "-e", "import px", "--addr", vizier.address()}));
  session.check(result, {5, "", {"does not speak TLS"}});
}

}  // namespace
}  // namespace pxq::app
