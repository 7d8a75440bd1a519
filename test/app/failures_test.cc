// What can go wrong on the way to a cluster's rows, a row each: what is said, with which exit code,
// whether it is tried again, and the limit of ours that ends it, where one does.

#include <chrono>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "cloud_session.h"
#include "fake/loopback.h"
#include "fake/tcp_proxy.h"

namespace pxq::app {
namespace {

using fake::Script;
using std::chrono::milliseconds;

const std::string kRow = "{\"a\":1}\n";
const milliseconds kConnectLimit{1500};
const milliseconds kIdleLimit{500};

/// A failure: the cloud's part of it and the user's, and what must come of it.
struct Failure {
  std::string name;
  Expected expected;
  bool again = false;  // it may pass, so it is tried once more
  Script answer = whole();
  Script list = listed(kTwo);
  std::string address = {};  // in place of the cloud's
  std::string key = kKey;
  std::string ca = "ca.pem";
  std::vector<std::string> flags = {};
  std::optional<milliseconds> limit = {};  // of ours, which ends it
};

void check(const Failure& failure) {
  Cloud cloud(failure.list, failure.answer);
  cloud.session.home().write("other.pem",
                             fake::CertificateAuthority("another authority").certificate());
  cloud.session.allow("other.pem");
  cloud.environment = {};
  if (!failure.key.empty()) cloud.environment["PX_API_KEY"] = failure.key;
  std::vector<std::string> words = {
      "run",
      "-e",
      "import px",
      "--cloud",
      failure.address.empty() ? cloud.vizier.address() : failure.address,
      "--tls-ca",
      failure.ca,
      "--no-e2e",
      "-v",
      "--retries",
      "1",
      "--connect-timeout",
      std::to_string(kConnectLimit.count()) + "ms",
      "--idle-timeout",
      std::to_string(kIdleLimit.count()) + "ms"};
  words.insert(words.end(), failure.flags.begin(), failure.flags.end());
  const fake::ProcessResult result = cloud.run_bare(words);
  cloud.session.check(result, failure.expected);
  CHECK(count(result.err, "trying again in") == (failure.again ? 1 : 0));
  if (failure.limit) {
    CHECK(result.elapsed >= *failure.limit);
    CHECK(result.elapsed < *failure.limit + std::chrono::seconds(5));
  }
}

std::vector<Failure> failures(int black_hole) {
  const auto loopback = [](int port) { return "127.0.0.1:" + std::to_string(port); };
  const fake::Table t = numbers();
  const Script begun = Script().send(t.metadata()).send(t.batch().int64({1}));
  return {
      {.name = "DNS",
       .expected = {5, "", {"the host's name cannot be resolved"}},
       .again = true,
       .address = "no-such-host.invalid"},
      {.name = "refused",
       .expected = {5, "", {"connection refused"}},
       .again = true,
       .address = loopback(fake::closed_port())},
      {.name = "black hole",
       .expected = {5, "", {"no answer within 1.5 s"}},
       .address = loopback(black_hole),
       .limit = kConnectLimit},
      {.name = "CA", .expected = {5, "", {"certificate is not trusted"}}, .ca = "other.pem"},
      {.name = "name",
       .expected = {5, "", {"certificate is for another name"}},
       .flags = {"--tls-server-name", "other.example"}},
      {.name = "key", .expected = {4, "", {"unauthenticated"}}, .key = "px-api-another"},
      {.name = "no key", .expected = {4, "", {"there is no key for the cloud"}}, .key = ""},
      {.name = "cluster", .expected = {2, "", {"no cluster 'prd'"}}, .flags = {"-c", "prd"}},
      {.name = "health as listed", .expected = {6, "", {"unhealthy"}}, .flags = {"-c", "staging"}},
      {.name = "health when asked",
       .expected = {6, "", {"cluster is not in a healthy state"}},
       .again = true,
       .answer = Script().finish(14, "cluster is not in a healthy state")},
      {.name = "script",
       .expected = {3, "", {"no column 'x'"}},
       .answer = Script().send(fake::compile_error(1, 1, "no column 'x'")).finish(3)},
      {.name = "cut before the first row",
       .expected = {5, "", {"was lost before the first row"}},
       .again = true,
       .answer = Script().send(t.metadata()).finish(14, "Socket closed")},
      {.name = "cut after it",
       .expected = {8, kRow, {"INCOMPLETE: ", "the stream was cut"}},
       .answer = Script(begun).finish(14, "Socket closed")},
      {.name = "ended before its end",
       .expected = {8, kRow, {"no end of stream for table"}},
       .answer = begun},
      {.name = "failed after it",
       .expected = {6, kRow, {"the server reported a failure: boom"}},
       .answer = Script(begun).finish(13, "boom")},
      {.name = "silence",
       .expected = {7, kRow, {"the server was silent for 0.5 s"}},
       .answer = Script(begun).silence(),
       .limit = kIdleLimit},
      {.name = "too long",
       .expected = {7, kRow, {"the run took longer than"}},
       .answer = Script(begun).endless(t.heartbeat(), milliseconds(50)),
       .flags = {"--timeout", "1s"},
       .limit = milliseconds(900)},  // the look-up of the cluster takes a bit of it
  };
}

TEST_CASE("Each failure on the way to rows has its text, its exit code and its limit") {
  // Nobody accepts, and the queue is full of one: a black hole.
  const fake::Listener listener = fake::listen_on_loopback(0);
  const UniqueFd first = fake::connect_to_loopback(listener.port);
  for (const Failure& failure : failures(listener.port)) {
    DYNAMIC_SECTION(failure.name) { check(failure); }
  }
}

TEST_CASE("No two failures on the way to rows are told in the same words") {
  std::set<std::string> texts;
  const std::vector<Failure> all = failures(1);
  for (const Failure& failure : all) texts.insert(failure.expected.err.back());
  CHECK(texts.size() == all.size());
}

}  // namespace
}  // namespace pxq::app
