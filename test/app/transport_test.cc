// What stands below the messages: HTTP/2 and gRPC as no sound server would speak them.

#include <zlib.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "session.h"

namespace pxq::app {
namespace {

using fake::Exchange;
using fake::Headers;
using fake::stats;

const fake::Table kT = numbers();
const std::string kRow = "{\"a\":1}\n";

// Headers, metadata and one row.
Exchange begun() {
  return Exchange().headers().send(kT.metadata()).send(kT.batch().int64({1}).response());
}

// Those of a good answer and a thousand more.
Headers many_headers() {
  Headers headers = Exchange::grpc_headers();
  for (int i = 0; i < 1000; ++i) headers.emplace_back("x-" + std::to_string(i), "v");
  return headers;
}

Exchange ended() { return begun().send(kT.end().response()).send(stats()); }

TEST_CASE("A sound stream from the raw peer is whole") {
  check_cases(std::vector<RawCase>{
      {"whole", ended().ok(), {.out = kRow}},
      {"H21 a message of no length",
       begun().message("").send(kT.end().response()).send(stats()).ok(),
       {.out = kRow}},
      {"pings and settings between",
       begun().pings(3).settings(3).send(kT.end().response()).send(stats()).ok(),
       {.out = kRow}},
  });
}

TEST_CASE("An HTTP server or proxy that answers is told from Pixie") {
  const auto html = [](int status) {
    return Exchange().headers(status, "text/html").data("<html>login</html>", true);
  };
  check_cases(std::vector<RawCase>{
      {"H01 HTTP/1.1",
       Exchange::from_scratch().bytes("HTTP/1.1 400 Bad Request\r\n\r\n").close(),
       {5, "", {"does not speak HTTP/2"}}},
      {"H01 random bytes",
       Exchange::from_scratch().bytes("\x07\xf3random bytes\xff").close(),
       {5, "", {"does not speak HTTP/2"}}},
      {"H01 a TLS alert",
       Exchange::from_scratch().bytes({"\x15\x03\x03\x00\x02\x02\x28", 7}).close(),
       {5, "", {"cannot connect to"}}},  // whether gRPC reads it or sees the end first is chance
      {"H02 302", html(302), {5, "", {"302"}}},
      {"H03 401", html(401), {4, "", {"401", "not Pixie"}}},
      {"H03 403", html(403), {4, "", {"403", "not Pixie"}}},
      {"H04 404", html(404), {5, "", {"404", "not Pixie"}}},
      {"H04 no such service",
       Exchange().trailers_only("12", "unknown service px.api.vizierpb.VizierService"),
       {5, "", {"no Pixie API at"}}},
      {"H05 429", html(429), {5, "", {"429", "not Pixie"}}},
      {"H05 502", html(502), {5, "", {"502", "not Pixie"}}},
      {"H05 503", html(503), {5, "", {"503", "not Pixie"}}},
      {"H05 504", html(504), {5, "", {"504", "not Pixie", "time limit"}}},
      {"H06 200 text/html", html(200), {5, "", {"not Pixie"}}},
      {"H18 long headers",
       Exchange().headers({{":status", "200"},
                           {"content-type", "application/grpc"},
                           {"x-long", std::string(20'000, 'x')}}),
       {8},
       {"--idle-timeout", "2s"}},
      {"H18 a thousand headers", Exchange().headers(many_headers()), {8}, {"--idle-timeout", "2s"}},
  });
}

TEST_CASE("H02 the page of a proxy is not shown") {
  const fake::RawHttp2 peer(Exchange().headers(302, "text/html").data("<html>secret</html>", true));
  const Session session;
  CHECK(count(fake::run(session.run_at(peer.address())).err, "secret") == 0);
}

TEST_CASE("H07 every refusal has its exit code, and none is 0") {
  const std::vector<std::pair<std::string, int>> codes = {
      {"1", 6},  {"2", 6},  {"3", 3},  {"4", 6},  {"5", 6},  {"6", 6},  {"7", 4},
      {"8", 6},  {"9", 6},  {"10", 6}, {"11", 6}, {"12", 5}, {"13", 6}, {"14", 5},
      {"15", 6}, {"16", 4}, {"17", 6}, {"99", 6}, {"-1", 6}, {"x", 6}};
  std::vector<RawCase> cases;
  for (const auto& [code, status] : codes) {
    cases.push_back({"code " + code, Exchange().trailers_only(code, "because"), {status}});
  }
  check_cases(cases);
}

TEST_CASE("A stream that ends in no good way is exit 8, with the rows that came") {
  const std::string message = kT.end().response().SerializeAsString();
  const auto length = static_cast<uint32_t>(message.size());
  std::vector<RawCase> cases = {
      {"H08 OK without anything", Exchange().trailers_only("0"), {8, "", {"no results"}}},
      {"H09 no trailers", begun().end_stream(), {8, kRow}},
      {"H09 no trailers after all else", ended().end_stream(), {8, kRow}},
      {"H10 trailers without a status", begun().trailers(Headers{{"x", "y"}}), {8, kRow}},
      {"H12 too many pings",
       begun().goaway(11, "too_many_pings").close(),
       {8, kRow, {"INCOMPLETE", "after 1 row"}}},
      {"H14 a message cut in its middle",
       begun().framed(0, length, message.substr(0, 4)).ok(),
       {8, kRow}},
      {"H15 a length of four gigabytes", begun().framed(0, 0xFFFFFFFF, "abc").ok(), {8, kRow}},
      {"H17 compressed, nobody knows how", begun().framed(1, length, message).ok(), {8, kRow}},
      {"N07 FIN", begun().close(), {8, kRow, {"INCOMPLETE", "after 1 row"}}},
      {"N10 FIN before the statistics",
       begun().send(kT.end().response()).close(),
       {8, kRow, {"INCOMPLETE", "after 1 row"}}},
      {"FIN before the trailers", ended().close(), {8, kRow}},
  };
  for (const uint32_t code : {0U, 2U, 7U, 8U, 11U}) {
    cases.push_back({"H11 RST_STREAM " + std::to_string(code),
                     begun().rst_stream(code),
                     {8, kRow, {"the stream was cut"}}});
  }
  check_cases(cases);
}

TEST_CASE("H15 a length of four gigabytes reserves no memory") {
  const fake::RawHttp2 peer(begun().framed(0, 0xFFFFFFFF, std::string(100'000, 'x')).silence());
  const Session session;
  const fake::ProcessResult result =
      fake::run(session.run_at(peer.address(), {"--idle-timeout", "500ms"}));
  CHECK((result.status() == 7 || result.status() == 8 || result.status() == 11));
  CHECK(result.out == kRow);
  CHECK(result.peak_rss_bytes < int64_t{1} << 30);
  session.check_manners(result);
}

// So many megabytes of zeros as gzip has them, a thousandth of that.
std::string gzip_bomb(size_t megabytes) {
  std::string zeros(size_t{1} << 20, '\0');
  std::string packed(megabytes << 14, '\0');
  z_stream stream{};
  REQUIRE(deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, MAX_WBITS + 16, MAX_MEM_LEVEL,
                       Z_DEFAULT_STRATEGY) == Z_OK);
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  for (size_t i = 1; i <= megabytes; ++i) {
    stream.next_in = reinterpret_cast<Bytef*>(zeros.data());
    stream.avail_in = static_cast<uInt>(zeros.size());
    deflate(&stream, i == megabytes ? Z_FINISH : Z_NO_FLUSH);
  }
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

TEST_CASE("H17 compression that was not asked for is refused before it is expanded") {
  const std::string bomb = gzip_bomb(512);
  Headers headers = Exchange::grpc_headers();
  headers.emplace_back("grpc-encoding", "gzip");
  const fake::RawHttp2 peer(
      Exchange().headers(headers).framed(1, static_cast<uint32_t>(bomb.size()), bomb).silence());
  const Session session;
  const fake::ProcessResult result = fake::run(session.run_at(peer.address()));
  session.check(result, {8, "", {"compress"}});
  CHECK(result.peak_rss_bytes < int64_t{1} << 29);
}

TEST_CASE("H21 a message of no length is noted under -v") {
  const fake::RawHttp2 peer(begun().message("").send(kT.end().response()).send(stats()).ok());
  const Session session;
  session.check(fake::run(session.run_at(peer.address(), {"-v"})),
                {.out = kRow, .err = {"an empty message"}});
}

TEST_CASE("N08 RST after a row is exit 8") {
  // The row must have been read: a reset may overtake what the client has not read yet.
  fake::RawHttp2 peer(begun().wait("seen").reset());
  const Session session;
  fake::Process process(session.run_at(peer.address()));
  REQUIRE(process.wait_for_out(kRow));
  peer.open("seen");
  session.check(process.wait(), {8, kRow});
}

TEST_CASE("H19 texts from the server are made harmless and short") {
  const fake::RawHttp2 peer(
      Exchange().trailers_only("13", "a%0Ab%1B[2J%FF%zz" + std::string(5'000, 'y')));
  const Session session;
  const fake::ProcessResult result = fake::run(session.run_at(peer.address()));
  session.check(result, {6, "", {"\\x1b[2J"}});
  CHECK_THAT(result.err, Catch::Contains("…"));
  CHECK(result.err.size() < 4'000);
}

TEST_CASE("H19 a message of a megabyte is not taken") {
  const fake::RawHttp2 peer(Exchange().trailers_only("13", std::string(1 << 20, 'y')));
  const Session session;
  const fake::ProcessResult result = fake::run(session.run_at(peer.address()));
  session.check(result, {8});
  CHECK(result.err.size() < 4'000);
}

TEST_CASE("H20 floods of pings and settings end with the idle limit") {
  const auto flood = GENERATE(0, 1);
  const fake::RawHttp2 peer(flood == 0 ? begun().pings(20'000).silence()
                                       : begun().settings(20'000).silence());
  const Session session;
  const fake::ProcessResult result =
      fake::run(session.run_at(peer.address(), {"--idle-timeout", "500ms"}));
  CHECK((result.status() == 7 || result.status() == 8));
  CHECK(result.out == kRow);
  session.check_manners(result);
}

TEST_CASE("H20 a server whose window never opens ends with the idle limit, in no hurry") {
  // SETTINGS with an initial window of nothing: the request cannot be sent.
  const fake::RawHttp2 peer(
      Exchange::from_scratch().bytes({"\0\0\x06\x04\0\0\0\0\0\0\x04\0\0\0\0", 15}).silence());
  const Session session;
  const fake::ProcessResult result =
      fake::run(session.run_at(peer.address(), {"--idle-timeout", "2s"}));
  session.check(result, {7, "", {"silent"}});
  CHECK(result.cpu < std::chrono::milliseconds(1500));
}

TEST_CASE("H22 a server that closes each connection at once") {
  const fake::RawHttp2 peer(Exchange::from_scratch().close());
  const Session session;
  const fake::ProcessResult result =
      fake::run(session.run_at(peer.address(), {"--connect-timeout", "2s"}));
  session.check(result, {5});
  CHECK(peer.connections() < 50);  // no busy loop
}

TEST_CASE("H16 messages up to the limit are accepted, larger ones are exit 11") {
  const fake::Table t = fake::Table("t").string("s");
  const auto script = [&](size_t size) {
    return fake::Script()
        .send(t.metadata())
        .send(t.batch().string({std::string(size, 'x')}).eos())
        .send(stats());
  };
  const auto sized = [&](size_t bytes) {  // the message with the rows has exactly so many
    const auto message = [&](size_t cell) {
      return t.batch().string({std::string(cell, 'x')}).eos().response();
    };
    const fake::pb::ExecuteScriptResponse exact =
        message(2 * bytes - message(bytes).ByteSizeLong());
    REQUIRE(exact.ByteSizeLong() == bytes);
    return fake::Script().send(t.metadata()).send(exact).send(stats());
  };
  const std::string five_mib(5 << 20, 'x');
  check_cases(std::vector<StreamCase>{
      {"5 MiB", script(5 << 20), {.out = "{\"s\":\"" + five_mib + "\"}\n"}},
      {"17 MiB", script(17 << 20), {11, "", {"limit", "--max-message"}}},
      {"2 MiB over a limit of 1 MiB", script(2 << 20), {11, ""}, {"--max-message", "1M"}},
      {"gRPC's own limit", sized(4 << 20), {}, {"-o", "null"}},
      {"a byte less", sized((4 << 20) - 1), {}, {"-o", "null"}},
      {"a byte more", sized((4 << 20) + 1), {}, {"-o", "null"}},
      {"our limit", sized(16 << 20), {}, {"-o", "null"}},
      {"a byte more", sized((16 << 20) + 1), {11, "", {"16777217", "limit"}}, {"-o", "null"}},
      {"a limit of one's own", sized(5000), {}, {"-o", "null", "--max-message", "5000"}},
      {"a byte more",
       sized(5001),
       {11, "", {"5001 vs. 5000"}},
       {"-o", "null", "--max-message", "5000"}},
  });
}

}  // namespace
}  // namespace pxq::app
