#include "fake/raw_http2.h"

#include <string>

#include <catch2/catch.hpp>

#include "fake/messages.h"
#include "fake/naive_client.h"

namespace pxq::fake {
namespace {

using grpc::StatusCode;

NaiveOutcome play(const Exchange& exchange) {
  RawHttp2 peer(exchange);
  return NaiveClient(peer.address()).run();
}

StatusCode code(const Exchange& exchange) { return play(exchange).status.error_code(); }

TEST_CASE("The raw peer speaks HTTP/2 well when it is told to") {
  RawHttp2 peer(Exchange().headers().send(stats()).ok());
  NaiveClient client(peer.address());
  for (int i = 0; i < 3; ++i) {  // three requests over one connection
    const NaiveOutcome outcome = client.run("import px");
    CHECK(outcome.status.ok());
    REQUIRE(outcome.messages.size() == 1);
    CHECK(outcome.messages[0].data().execution_stats().records_processed() == 4);
  }
  CHECK(peer.connections() == 1);
  REQUIRE(peer.requests().size() == 3);
  pb::ExecuteScriptRequest request;
  REQUIRE(request.ParseFromString(peer.requests()[0]));
  CHECK(request.query_str() == "import px");
}

TEST_CASE("The raw peer waits for the client's windows") {
  Exchange exchange;
  exchange.headers();
  const Table table = Table("t").string("s");
  for (int i = 0; i < 10; ++i) {
    exchange.send(table.batch().string({std::string(300'000, 'x')}).response());
  }
  const NaiveOutcome outcome = play(exchange.ok());
  CHECK(outcome.messages.size() == 10);
  CHECK(outcome.status.ok());
}

TEST_CASE("A message cut in its middle before good trailers passes for OK") {
  const std::string message = stats().SerializeAsString();
  const auto length = static_cast<uint32_t>(message.size());
  const NaiveOutcome outcome =
      play(Exchange().headers().message(message).framed(0, length, message.substr(0, 5)).ok());
  CHECK(outcome.messages.size() == 1);
  CHECK(outcome.status.ok());  // the trap: the second message is lost without a word
}

TEST_CASE("A length of four gigabytes does not pass unseen or is lost, but never fills memory") {
  const NaiveOutcome outcome = play(Exchange().headers().framed(0, 0xFFFFFFFF, "abc").ok());
  CHECK(outcome.messages.empty());
}

TEST_CASE("Ends of streams that gRPC's own server would not send") {
  const std::string message = stats().SerializeAsString();
  Exchange begun = Exchange().headers().message(message);
  CHECK(code(Exchange(begun).rst_stream(0)) == StatusCode::INTERNAL);
  CHECK(code(Exchange(begun).rst_stream(7)) == StatusCode::UNAVAILABLE);
  CHECK(code(Exchange(begun).rst_stream(8)) == StatusCode::CANCELLED);
  CHECK(code(Exchange(begun).rst_stream(11)) == StatusCode::RESOURCE_EXHAUSTED);
  CHECK(code(Exchange(begun).end_stream()) == StatusCode::UNKNOWN);
  CHECK(code(Exchange(begun).trailers(Headers{{"x", "y"}})) == StatusCode::UNKNOWN);
  CHECK(code(Exchange(begun).close()) == StatusCode::UNAVAILABLE);
  CHECK(code(Exchange(begun).reset()) == StatusCode::UNAVAILABLE);
  CHECK(code(Exchange(begun).goaway(11, "too_many_pings").close()) == StatusCode::UNAVAILABLE);
}

TEST_CASE("HTTP answers that are no gRPC answers") {
  const auto http = [](int status) {
    return code(Exchange().headers(status, "text/html").data("<html>", true));
  };
  CHECK(http(401) == StatusCode::UNAUTHENTICATED);
  CHECK(http(403) == StatusCode::PERMISSION_DENIED);
  CHECK(http(404) == StatusCode::UNIMPLEMENTED);
  CHECK(http(503) == StatusCode::UNAVAILABLE);
  CHECK(http(200) == StatusCode::UNKNOWN);
}

TEST_CASE("Refusals come as one header block, with any status and text") {
  CHECK(code(Exchange().trailers_only("0")) == StatusCode::OK);
  const NaiveOutcome outcome = play(Exchange().trailers_only("99", "a%0Ab%1B[2J"));
  CHECK(static_cast<int>(outcome.status.error_code()) == 99);
  CHECK(outcome.status.error_message() == "a\nb\x1b[2J");
  CHECK(code(Exchange().trailers_only("x")) == StatusCode::UNKNOWN);
}

TEST_CASE("Header blocks may be longer than a frame") {
  Headers headers = Exchange::grpc_headers();
  headers.emplace_back("x-long", std::string(20'000, 'x'));
  CHECK_FALSE(play(Exchange().headers(headers).send(stats()).ok()).status.ok());
}

TEST_CASE("A connection may answer with anything at all") {
  CHECK(code(Exchange::from_scratch().bytes("HTTP/1.1 400 Bad Request\r\n\r\n").close()) ==
        StatusCode::UNAVAILABLE);
  CHECK(code(Exchange::from_scratch().close()) == StatusCode::UNAVAILABLE);
}

TEST_CASE("Silence lasts until the client goes") {
  RawHttp2 peer(Exchange().headers().send(stats()).silence());
  NaiveClient client(peer.address());
  grpc::ClientContext context;
  const NaiveOutcome outcome = client.run(context, "", std::chrono::milliseconds(200));
  CHECK(outcome.messages.size() == 1);
  CHECK(outcome.status.error_code() == StatusCode::DEADLINE_EXCEEDED);
  CHECK(peer.wait_for_cancel());
}

TEST_CASE("A gate holds the raw peer until the test opens it") {
  RawHttp2 peer(Exchange().headers().send(stats()).wait("more").ok());
  NaiveClient client(peer.address());
  grpc::ClientContext context;
  const auto reader = client.stub().ExecuteScript(&context, {});
  pb::ExecuteScriptResponse response;
  REQUIRE(reader->Read(&response));
  peer.open("more");
  CHECK_FALSE(reader->Read(&response));
  CHECK(reader->Finish().ok());
}

TEST_CASE("Requests are answered in turn") {
  RawHttp2 peer({Exchange().trailers_only("14"), Exchange().headers().send(stats()).ok()});
  NaiveClient client(peer.address());
  CHECK(client.run().status.error_code() == StatusCode::UNAVAILABLE);
  CHECK(client.run().status.ok());
}

}  // namespace
}  // namespace pxq::fake
