#include "wire/classify.h"
#include "wire/script_call.h"

#include <vector>

#include <catch2/catch.hpp>

#include "wire/stream_end.h"

namespace pxq::wire {
namespace {

Status end(int code, const std::string& text, Progress progress = Progress::kNothing,
           Ended ended = Ended::kNot) {
  return classify_end({grpc::Status(static_cast<grpc::StatusCode>(code), text), ended}, progress,
                      "vizier:1", TimeLimits{});
}

struct TextCase {
  int code;
  std::string text;
  Code expected;
  std::string hint;
};

TEST_CASE("Texts by which Pixie names a condition stand over the code") {
  const std::vector<TextCase> cases = {
      {13, "Auth middleware failed: failed to fetch token - unauthenticated", Code::kAuth, "key"},
      {16, "invalid auth token: expired", Code::kAuth, "expired"},
      {16, "invalid auth token: iat not satisfied", Code::kAuth, "clocks"},
      {14, "cluster is not in a healthy state", Code::kServer, "pxq clusters"},
      {13, "failed to fetch creds for cluster", Code::kServer, "does not know"},
      {14, "not ready yet", Code::kServer, "starting"},
      {13, "Large data batch rejected by passthrough proxy limits", Code::kServer, "--no-e2e"},
      {3, "missing/malformed cluster_id", Code::kUsage, ""},
      {3, "Script modification has been disabled", Code::kScript, "byte for byte"},
      {2, "Query 1 timedout waiting for consumer", Code::kServer, "paused"},
      {2, "Query 1 can not accept more data, consumer likely died", Code::kServer, "slow"},
      {2, "Query 1 not registered in query forwarder", Code::kIncomplete, "ended"},
      {2, "foo is not a valid flag", Code::kScript, "#px:set"},
      {2, "strconv.ParseInt: parsing \"abc\": invalid syntax", Code::kScript, "#px:set"},
      {2, "strconv.ParseInt: parsing \"99999999999999999999\": value out of range", Code::kScript,
       "#px:set"},
      {2, "strconv.ParseBool: parsing \"yes\": invalid syntax", Code::kScript, "#px:set"},
      {8, "Received message larger than max (5 vs. 4)", Code::kLimit, "--max-message"},
  };
  for (const TextCase& one : cases) {
    INFO(one.text);
    const Status plain = end(one.code, one.text);
    CHECK(plain.code() == one.expected);
    CHECK_THAT(plain.hint(), Catch::Contains(one.hint));
    CHECK(plain.grpc_code() == one.code);
    // A cloud wraps what the Vizier said.
    const Status wrapped = end(one.code, "rpc error: code = Unknown desc = " + one.text);
    CHECK(wrapped.code() == one.expected);
    CHECK(wrapped.message().find("rpc error") == std::string::npos);
  }
}

TEST_CASE("What our own limits ended is told as such, whatever the RPC says") {
  CHECK(end(1, "CANCELLED", Progress::kRows, Ended::kIdle).code() == Code::kTimeout);
  CHECK(end(1, "CANCELLED", Progress::kRows, Ended::kTotal).code() == Code::kTimeout);
  CHECK(end(0, "", Progress::kNothing, Ended::kConnect).code() == Code::kConnect);
  CHECK(end(1, "", Progress::kRows, Ended::kStopped).code() == Code::kInterrupted);
  CHECK(end(14, "", Progress::kNothing, Ended::kIdle).retryable());
}

TEST_CASE("The same code means different things before, between and after rows") {
  CHECK(end(14, "Socket closed", Progress::kNothing).code() == Code::kConnect);
  CHECK(end(14, "Socket closed", Progress::kRows).code() == Code::kIncomplete);
  CHECK(end(14, "Socket closed", Progress::kWhole).code() == Code::kIncomplete);
  CHECK(end(13, "late", Progress::kWhole).code() == Code::kServer);
  CHECK(end(2, "Stream removed", Progress::kNothing).code() == Code::kConnect);
  CHECK(end(2, "Stream removed", Progress::kRows).code() == Code::kIncomplete);
  CHECK(end(3, "bad", Progress::kNothing).code() == Code::kScript);
  CHECK(end(3, "bad", Progress::kRows).code() == Code::kServer);
  CHECK(end(1, "", Progress::kRows).code() == Code::kIncomplete);
  CHECK(end(12, "unknown method", Progress::kNothing).code() == Code::kConnect);
  CHECK(end(12, "", Progress::kRows).code() == Code::kServer);
  CHECK(end(16, "", Progress::kRows).code() == Code::kAuth);
  CHECK(end(0, "", Progress::kRows).ok());
}

TEST_CASE("TLS failures are told apart and are not worth a retry") {
  const auto unavailable = [](const std::string& text) { return end(14, text); };
  // As gRPC 1.51 says them with OpenSSL, then with BoringSSL.
  const std::vector<std::pair<std::string, std::string>> texts = {
      {"Ssl handshake failed: SSL_ERROR_SSL: error:0A000086:SSL routines::certificate verify "
       "failed",
       "not trusted"},
      {"Peer name other.example is not in peer certificate", "another name"},
      {"Cannot check peer: missing selected ALPN property.", "HTTP/2"},
      {"Ssl handshake failed: SSL_ERROR_SSL: error:0A00042E:SSL routines::tlsv1 alert protocol "
       "version",
       "too old"},
      {"Ssl handshake failed: SSL_ERROR_SSL: error:0A00010B:SSL routines::wrong version number",
       "does not speak TLS"},
      {"Ssl handshake failed: SSL_ERROR_SSL: error:0A000460:SSL routines::tlsv1 alert no "
       "application protocol",
       "HTTP/2"},
      {"Ssl handshake failed: SSL_ERROR_SSL: error:0A000410:SSL routines::sslv3 alert handshake "
       "failure",
       "refused the TLS handshake"},
      {"HTTP proxy returned response code 407", "asks who you are"},
      {"Endpoint read failed", "ended the TLS handshake"},
      {"Failed parsing HTTP/2", "does not speak HTTP/2"},
      {"OPENSSL_internal:CERTIFICATE_VERIFY_FAILED", "not trusted"},
      {"Hostname Verification Check failed", "another name"},
      {"OPENSSL_internal:WRONG_VERSION_NUMBER", "does not speak TLS"},
  };
  for (const auto& [text, meaning] : texts) {
    INFO(text);
    const Status status = unavailable(
        "failed to connect to all addresses; last error: UNKNOWN: ipv4:127.0.0.1:1: " + text);
    CHECK(status.code() == Code::kConnect);
    CHECK_THAT(status.message(), Catch::Contains(meaning));
    CHECK_FALSE(status.retryable());
    CHECK_FALSE((status.hint().empty() && meaning != "too old"));
  }
  CHECK(unavailable("DNS resolution failed for x").retryable());
  CHECK(unavailable("Connection refused").retryable());
}

TEST_CASE("An in-band status is an error whenever any part of it is set") {
  CHECK(classify_in_band({3, "", {{"no column", {"", 1, 2}, ""}}}).code() == Code::kScript);
  CHECK(classify_in_band({0, "", {{"no column", {"", 0, 0}, ""}}}).code() == Code::kScript);
  CHECK(classify_in_band({3, "Query should not be empty.", {}}).code() == Code::kScript);
  const Status placed = classify_in_band({3, "Compiler error on line 2, column 12: no 'x'", {}});
  CHECK(placed.code() == Code::kScript);
  REQUIRE(placed.diagnostics().size() == 1);
  CHECK(placed.diagnostics()[0].message == "no 'x'");
  CHECK(placed.diagnostics()[0].where.line == 2);
  CHECK(placed.diagnostics()[0].where.column == 12);
  CHECK(classify_in_band({3, "Compiler error on line x", {}}).diagnostics().empty());
  CHECK(classify_in_band({0, "boom", {}}).code() == Code::kServer);
  CHECK(classify_in_band({13, "", {}}).code() == Code::kServer);
  CHECK(classify_in_band({99, "odd", {}}).code() == Code::kServer);
  CHECK(classify_in_band({-5, "odd", {}}).code() == Code::kServer);
  CHECK(classify_in_band({16, "who are you", {}}).code() == Code::kAuth);
  CHECK_THAT(classify_in_band({0, "boom", {}}).message(), Catch::Contains("boom"));
}

TEST_CASE("Every code has a name") {
  CHECK(grpc_code_name(0) == "OK");
  CHECK(grpc_code_name(16) == "UNAUTHENTICATED");
  CHECK(grpc_code_name(17) == "code 17");
  CHECK(grpc_code_name(-1) == "code -1");
}

TEST_CASE("Who chose address and key knows better what helps") {
  const PeerAdvice advice{.key = "look at the key", .name = "look at the name"};
  const auto hint = [&](Code code, const char* own) {
    return with_advice(Status(code, "m", own), advice).hint();
  };
  CHECK(hint(Code::kAuth, "check the key") == "look at the key");
  CHECK(hint(Code::kAuth, "") == "look at the key");
  CHECK(hint(Code::kAuth, "the clocks differ") == "the clocks differ");
  CHECK(hint(Code::kConnect, "check the spelling") == "look at the name");
  CHECK(hint(Code::kConnect, "is the server running at this port?") ==
        "is the server running at this port?");
  CHECK(hint(Code::kServer, "").empty());
  CHECK(with_advice(Status(Code::kConnect, "m", "check the spelling"), {}).hint() ==
        "check the spelling");
}

}  // namespace
}  // namespace pxq::wire
