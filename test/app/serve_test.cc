// `pxq serve` as clients meet it: protected, encrypting, as a cloud, and under load.

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <memory>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "fake/naive_client.h"
#include "fake/poll_until.h"
#include "fake/sanitized.h"
#include "fake/tls_certificates.h"
#include "served_vizier.h"

namespace pxq::app {
namespace {

const std::string kScript =
    "import px\ndf = px.DataFrame('http_events', start_time='-2m')\n"
    "px.display(df[['time_', 'req_path', 'latency']])";
// More than waits for a reader.
const std::string kLarge =
    "#px:set max_output_rows_per_table=0\nimport px\n"
    "px.display(px.DataFrame('http_events', start_time='-12h'))";

std::vector<std::string> words(std::vector<std::string> first,
                               const std::vector<std::string>& more) {
  first.insert(first.end(), more.begin(), more.end());
  return first;
}

TEST_CASE("a served Vizier seals rows in each way that a client may ask") {
  const ServedVizier served({"--tls-self-signed", "ca.pem"}, true);
  const std::vector<std::string> run = {"run",      "-e",     kScript, "--addr", served.address(),
                                        "--tls-ca", "ca.pem", "-o",    "jsonl"};
  const fake::ProcessResult plain = served.ask(words(run, {"--e2e=off"}), kServeKey);
  INFO(plain.err);
  REQUIRE(plain.status() == 0);
  CHECK(count(plain.out, "\n") > 100);
  for (const std::string how : {"ecdh", "rsa", "any"}) {
    const fake::ProcessResult sealed = served.ask(words(run, {"--e2e=" + how}), kServeKey);
    INFO(how << ": " << sealed.err);
    CHECK(sealed.status() == 0);
    CHECK(sealed.out == plain.out);
  }
}

TEST_CASE("a served Vizier is the only cluster of its own cloud") {
  const ServedVizier served({"--tls-self-signed", "ca.pem"}, true);
  const std::vector<std::string> cloud = {"--cloud", served.address(), "--tls-ca", "ca.pem"};
  const fake::ProcessResult list = served.ask(words({"clusters", "-o", "tsv"}, cloud), kServeKey);
  INFO(list.err);
  REQUIRE(list.status() == 0);
  CHECK(count(list.out, "\n") == 2);
  CHECK_THAT(list.out, Catch::Contains("healthy"));
  const fake::ProcessResult id = served.ask(words({"clusters", "--id"}, cloud), kServeKey);
  REQUIRE(id.out.size() == 37);
  const std::vector<std::string> run = {"run", "-e", kScript, "-o", "jsonl"};
  const fake::ProcessResult by_id =
      served.ask(words(words(run, cloud), {"-c", id.out.substr(0, 36)}), kServeKey);
  INFO(by_id.err);
  CHECK(by_id.status() == 0);
  CHECK(count(by_id.out, "\n") > 100);
  // The only one needs no name.
  CHECK(served.ask(words(run, cloud), kServeKey).out == by_id.out);
}

TEST_CASE("a served Vizier with a key turns away whoever has another or none") {
  const ServedVizier served({"--listen", "127.0.0.1:0"}, true);
  const std::vector<std::string> at = {"--addr", served.address(), "--insecure"};
  const std::vector<std::string> run = words({"run", "-e", kScript, "-o", "jsonl"}, at);
  const fake::ProcessResult none = served.ask(run);
  CHECK(none.status() == 4);
  CHECK_THAT(none.err, Catch::Contains("asks for a key and none was sent"));
  const fake::ProcessResult wrong = served.ask(run, kServeKey + "x");
  CHECK(wrong.status() == 4);
  CHECK_THAT(wrong.err, Catch::Contains("not the one that this server asks for"));
  CHECK(wrong.out.empty());
  CHECK(served.ask(words({"doctor"}, at), "wrong").status() != 0);
  CHECK(served.ask(run, kServeKey).status() == 0);
}

TEST_CASE("a served Vizier takes a certificate of an authority, and a key file") {
  const fake::CertificateAuthority authority;
  const fake::ServerIdentity identity = authority.issue();
  const fake::TempDir files;
  const std::string secret = files.write("key.pem", identity.key);
  const std::string key = files.write("key", kServeKey + "\n");
  ::chmod(secret.c_str(), 0600);
  ::chmod(key.c_str(), 0600);
  const ServedVizier served({"--tls-cert", files.write("cert.pem", identity.certificate),
                             "--tls-key", secret, "--key-file", key});
  const std::vector<std::string> run = {"run",
                                        "-e",
                                        kScript,
                                        "--addr",
                                        served.address(),
                                        "--tls-ca",
                                        files.write("ca.pem", authority.certificate())};
  CHECK(served.ask(run, kServeKey).status() == 0);
  CHECK(served.ask(run, "other").status() == 4);
  // Nobody else's certificate will do.
  const fake::CertificateAuthority other;
  std::vector<std::string> distrust = run;
  distrust.back() = files.write("other.pem", other.certificate());
  CHECK(served.ask(distrust, kServeKey).status() == 5);
}

TEST_CASE("what would leave a served Vizier unprotected by mistake is refused") {
  Session session;
  const fake::ServerIdentity one = fake::self_signed();
  const fake::ServerIdentity two = fake::self_signed();
  session.home().write("one.pem", one.certificate);
  session.home().write("two.key", two.key);
  session.home().write("open.key", one.key);
  session.home().write("text", "my notes");
  ::chmod(session.home().path("two.key").c_str(), 0600);
  ::chmod(session.home().path("open.key").c_str(), 0644);
  for (const char* name : {"one.pem", "two.key", "open.key", "text"}) session.allow(name);
  const auto refused = [&](std::vector<std::string> flags, int status, const std::string& why) {
    const auto result = fake::run(session.command(words({"serve"}, flags)));
    INFO(result.err);
    CHECK(result.status() == status);
    CHECK(result.out.empty());
    CHECK_THAT(result.err, Catch::Contains(why));
    session.check_manners(result);
  };
  refused({"--listen", "0.0.0.0:0"}, 2, "--insecure");
  refused({"--listen", "127.0.0.1:99999"}, 2, "--listen 127.0.0.1:99999: the port is not a number");
  refused({"--listen", "127.0.0.1:"}, 2, "the port is not a number");
  refused({"--listen", "127.0.0.1"}, 2, "the port is not a number");
  refused({"--listen", "::1:80"}, 2, "an IPv6 address needs brackets");
  refused({"--tls-cert", "one.pem"}, 2, "--tls-key");
  refused({"--tls-cert", "one.pem", "--tls-key", "two.key"}, 2, "is not the key of");
  refused({"--tls-cert", "one.pem", "--tls-key", "open.key"}, 2,
          "can be read or changed by others");
  refused({"--tls-cert", "text", "--tls-key", "two.key"}, 2, "holds no certificate");
  refused({"--tls-self-signed", "text"}, 9, "holds no certificate");
  refused({"--query-timeout", "0"}, 2, "--query-timeout");
  refused({"--max-queries", "0"}, 2, "--max-queries");
  CHECK(session.home().read("text") == "my notes");
}

TEST_CASE("a served Vizier of all addresses names one that can be connected to") {
  ServedVizier served({"--listen", "0.0.0.0:0", "--insecure"}, true);
  REQUIRE(served.address().starts_with("0.0.0.0:"));
  const std::string own = "127.0.0.1" + served.address().substr(7);
  CHECK(served.process().wait_for_err("--addr " + own + " --insecure"));
  CHECK(served.ask({"run", "-e", kScript, "--addr", own, "--insecure"}, kServeKey).status() == 0);
}

/// A client that reads as it likes, on a socket of the file system.
struct Reader {
  grpc::ClientContext context;
  std::unique_ptr<grpc::ClientReader<fake::pb::ExecuteScriptResponse>> stream;
  std::string query_id;
  size_t rows = 0;
  bool has_stats = false;
  fake::pb::ExecuteScriptResponse last;

  Reader(fake::NaiveClient& client, const std::string& script, const std::string& resumed = {},
         std::chrono::seconds patience = fake::kPatience) {
    fake::pb::ExecuteScriptRequest request;
    request.set_query_str(script);
    request.set_query_id(resumed);
    context.set_deadline(std::chrono::system_clock::now() + patience);
    stream = client.stub().ExecuteScript(&context, request);
  }

  bool read() {
    fake::pb::ExecuteScriptResponse response;
    if (!stream->Read(&response)) return false;
    last = response;
    query_id = response.query_id();
    rows += static_cast<size_t>(response.data().batch().num_rows());
    has_stats = has_stats || response.data().has_execution_stats();
    return true;
  }
  grpc::Status read_all() {
    while (read()) {
    }
    return stream->Finish();
  }
};

TEST_CASE("a served Vizier runs so many queries at once and says so to the next") {
  ServedVizier served({"--max-queries", "1"});
  fake::NaiveClient client(served.address());
  Reader first(client, kLarge);
  REQUIRE(first.read());
  const fake::NaiveOutcome second = client.run(kScript);
  CHECK(second.status.error_code() == grpc::StatusCode::RESOURCE_EXHAUSTED);
  CHECK_THAT(second.status.error_message(), Catch::Contains("runs 1 query at once"));
  CHECK(second.messages.empty());
  const fake::ProcessResult ours = served.ask(
      {"run", "-e", kScript, "--addr", served.address(), "--insecure", "--retries", "0"});
  CHECK(ours.status() == 6);
  CHECK_THAT(ours.err, Catch::Contains("--max-queries"));
  // What nobody reads any more makes room.
  first.context.TryCancel();
  first.stream->Finish();
  const TimePoint until = MonotonicClock::now() + fake::kPatience;
  while (MonotonicClock::now() < until) {
    if (client.run(kScript).status.ok()) return;
  }
  FAIL("the place of a cancelled query was never free");
}

TEST_CASE("a query whose client was cut goes on for the next call that names it") {
  ServedVizier served;
  fake::NaiveClient client(served.address());
  Reader first(client, kLarge);
  while (first.rows == 0) REQUIRE(first.read());
  first.context.TryCancel();
  while (first.read()) {
  }
  first.stream->Finish();
  Reader rest(client, "", first.query_id, std::chrono::seconds(100));  // sanitizers take their time
  const grpc::Status end = rest.read_all();
  INFO(end.error_message());
  CHECK(end.ok());
  CHECK(rest.has_stats);
  CHECK(rest.rows > 0);
  CHECK(rest.query_id == first.query_id);
  // It is over now.
  Reader again(client, "", first.query_id);
  const grpc::Status none = again.read_all();
  CHECK(none.error_code() == grpc::StatusCode::UNKNOWN);
  CHECK_THAT(none.error_message(), Catch::Contains("not registered in query forwarder"));
}

TEST_CASE("a query ends at the server's limits of time and memory") {
  ServedVizier served({"--query-timeout", "300ms", "--query-memory", "64K"});
  fake::NaiveClient client(served.address());
  Reader slow(client, kLarge);
  REQUIRE(slow.read());
  // Nobody reads until the limit has passed for certain: a short query takes its place meanwhile.
  const TimePoint until = MonotonicClock::now() + std::chrono::seconds(1);
  while (MonotonicClock::now() < until) client.run("import px");
  const grpc::Status end = slow.read_all();
  CHECK(end.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED);
  CHECK_FALSE(slow.has_stats);
  const fake::NaiveOutcome large = client.run(
      "import px\ndf = px.DataFrame('http_events', start_time='-10m')\n"
      "px.display(df.groupby(['time_', 'upid', 'req_path']).agg(n=('latency', px.count)))");
  CHECK(large.status.error_code() == grpc::StatusCode::RESOURCE_EXHAUSTED);
  CHECK_THAT(large.status.error_message(), Catch::Contains("more memory than the 64 KiB"));
}

TEST_CASE("a query that is silent for long is known to run by batches without rows") {
  ServedVizier served({}, false, "demo,scale=50");
  fake::NaiveClient client(served.address());
  // A day of rows, of which one comes out: long enough on any machine.
  Reader reader(client,
                "import px\ndf = px.DataFrame('http_events')\n"
                "px.display(df.agg(n=('latency', px.count)))");
  const TimePoint start = MonotonicClock::now();
  REQUIRE(reader.read());
  CHECK(reader.last.has_meta_data());
  for (int beats = 0; beats < 2; ++beats) {
    REQUIRE(reader.read());
    REQUIRE(reader.last.data().has_batch());
    const auto& batch = reader.last.data().batch();
    CHECK(batch.num_rows() == 0);
    CHECK(batch.cols_size() == 1);
    CHECK(batch.cols(0).has_int64_data());
    CHECK_FALSE(batch.eos());
  }
  CHECK(MonotonicClock::now() - start >= std::chrono::seconds(4));
  reader.context.TryCancel();
  reader.read_all();
}

TEST_CASE("a reader that takes nothing holds a bounded part of a large result") {
  ServedVizier served;
  fake::NaiveClient client(served.address());
  Reader slow(client, kLarge);
  REQUIRE(slow.read());
  const TimePoint until = MonotonicClock::now() + std::chrono::seconds(2);
  while (MonotonicClock::now() < until) client.run("import px");
  slow.context.TryCancel();
  slow.stream->Finish();
  served.process().signal(SIGTERM);
  const fake::ProcessResult result = served.process().wait();
  CHECK(result.status() == 143);
  CHECK((fake::kSanitized || result.peak_rss_bytes < (int64_t{256} << 20)));
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // their allocators keep it
// At once and again, so that each of malloc's arenas has held such a query: of a second one's free
// end malloc_trim() gives nothing back.
TEST_CASE("memory that queries took goes back to the system when they are over") {
  constexpr int64_t kMiB = 1 << 20;
  constexpr std::chrono::seconds kLong{100};  // for a build that is not optimised on a busy machine
  // Groups that only the query's thread holds, so that no reader's pace decides how many there are:
  // some 30 MiB, freed at one moment.
  const std::string groups =
      "import px\ndf = px.DataFrame('http_events', start_time='-2h')\n"
      "px.display(df.groupby(['time_', 'req_path', 'upid']).agg(n=('latency', px.count)).head(1))";
  ServedVizier served;
  const pid_t pid = served.process().pid();
  REQUIRE(served.ask({"run", "-e", kScript, "--addr", served.address(), "--insecure"}).status() ==
          0);
  const int64_t resident = fake::resident_bytes(pid);
  // Without the pages of code that the first such query reads.
  const int64_t before = fake::anonymous_bytes(pid);
  fake::NaiveClient client(served.address());
  for (int round = 0; round < 2; ++round) {
    std::vector<std::unique_ptr<Reader>> readers;
    for (int i = 0; i < 4; ++i) {
      readers.push_back(std::make_unique<Reader>(client, groups, "", kLong));
    }
    for (auto& reader : readers) {
      const grpc::Status end = reader->read_all();
      INFO(end.error_message());
      CHECK(end.ok());
    }
  }
  // Also where one of them ended before the next began.
  CHECK(fake::most_resident_bytes(pid) > resident + 24 * kMiB);
  // 2 MiB of each arena and what caches and pools of gRPC took in. Where the second arena's free
  // end stays, it is 20 to 65 MiB.
  const int64_t bound = before + 8 * kMiB;
  fake::poll_until([&] { return fake::anonymous_bytes(pid) < bound; }, kLong);
  CHECK(fake::anonymous_bytes(pid) < bound);
}
#endif

TEST_CASE("a socket that another server listens at is not taken from it") {
  const Session session;
  const std::string address = "unix:" + session.home().path("s");
  const fake::Command serve = session.command({"serve", "--local=demo", "--listen", address});
  fake::Process first(serve);
  REQUIRE(first.wait_for_out("\n"));
  const fake::ProcessResult second = fake::run(serve);
  CHECK(second.status() == 2);
  CHECK_THAT(second.err, Catch::Contains("another server listens there"));
  CHECK(fake::run(session.command({"run", "-e", kScript, "--addr", address})).status() == 0);
  // One that was killed leaves its socket behind, which is nobody's.
  first.signal(SIGKILL);
  first.wait();
  CHECK(session.home().has("s"));
  fake::Process third(serve);
  CHECK(third.wait_for_out("\n"));
  third.signal(SIGTERM);
  third.wait();
}

TEST_CASE("a path that cannot be a socket's is told before anything listens") {
  const Session session;
  session.home().write("file", "kept");
  const auto refused = [&](const std::string& path, const std::string& why) {
    const auto result =
        fake::run(session.command({"serve", "--local=demo", "--listen", "unix:" + path}));
    CHECK(result.status() == 2);
    CHECK_THAT(result.err, Catch::Contains(why));
  };
  refused(session.home().path("file"), "there is a file, and no socket");
  refused("/" + std::string(120, 'a'), "107 bytes");
  CHECK(session.home().read("file") == "kept");
}

}  // namespace
}  // namespace pxq::app
