#include "wire/envelope.h"

#include <catch2/catch.hpp>

#include "fake/messages.h"
#include "fake/seal.h"
#include "session.h"
#include "text/base64.h"
#include "wire/jose.h"

namespace pxq::wire {
namespace {

constexpr size_t kRoom = 1 << 20;

/// One key pair for all tests of this file: making one takes a second or more.
Envelope& shared_envelope() {
  static Envelope envelope(KeyChoice::kRsa);
  return envelope;
}

std::string public_key() { return *shared_envelope().public_key({}); }

Code open_code(std::string_view sealed, size_t room = kRoom) {
  return shared_envelope().open(sealed, room).status().code();
}

TEST_CASE("base64url is strict and reversible") {
  for (const std::string text : {"", "a", "ab", "abc", "\xff\xfe\xfd"}) {
    CHECK(decode_base64url(to_base64url(text)) == text);
  }
  CHECK(to_base64url("\xfb\xff") == "-_8");
  for (const std::string_view text :
       {"a", "ab=", "a+bc", "a/bc", "ab c", "-_9", "abcde", "\xff\xff"}) {
    INFO(text);
    CHECK_FALSE(decode_base64url(text));
  }
}

TEST_CASE("The public key is a JWK that tells nothing else") {
  const std::string key = public_key();
  CHECK(key.starts_with("{\"e\":\"AQAB\",\"kty\":\"RSA\",\"n\":\""));
  CHECK(key.size() > 3072 / 6);
  for (const std::string_view secret : {"\"d\"", "\"p\"", "\"q\"", "\"dp\""}) {
    CHECK(key.find(secret) == std::string::npos);
  }
}

TEST_CASE("What another library sealed is opened") {
  const std::string plain = std::string(100'000, 'x') + std::string("\0\xff", 2);
  for (const std::string_view header :
       {fake::kSealHeader,
        std::string_view(R"({"enc":"A256GCM","zip":"DEF","alg":"RSA-OAEP-256"})"),
        std::string_view(R"({"alg":"RSA-OAEP-256","enc":"A256GCM"})")}) {
    INFO(header);
    const std::string sealed = fake::seal(public_key(), plain, header);
    const Result<Opened> opened = shared_envelope().open(sealed, kRoom);
    REQUIRE(opened.ok());
    CHECK(opened->rows.view() == plain);
    CHECK(open_code(sealed + " \r\n") == Code::kOk);
  }
}

TEST_CASE("S26 Nothing that was changed on the way is opened") {
  const std::string sealed = fake::seal(public_key(), "rows");
  REQUIRE(open_code(sealed) == Code::kOk);
  for (size_t at = 0; at < sealed.size(); ++at) {
    std::string changed = sealed;
    changed[at] = changed[at] == 'A' ? 'B' : 'A';
    INFO(at);
    CHECK(open_code(changed) == Code::kIncomplete);
  }
  for (const size_t length : {size_t{0}, size_t{1}, sealed.size() / 2, sealed.size() - 1}) {
    CHECK(open_code(sealed.substr(0, length)) == Code::kIncomplete);
  }
  CHECK(open_code(sealed + ".") == Code::kIncomplete);
  CHECK(open_code(sealed + ".x") == Code::kIncomplete);
  CHECK(open_code("....") == Code::kIncomplete);
  CHECK(open_code(std::string("\0\xff", 2)) == Code::kIncomplete);
}

TEST_CASE("Weaker or other sealing than was asked for is refused and named") {
  for (const std::string_view header :
       {R"({"alg":"RSA-OAEP","enc":"A256GCM"})", R"({"alg":"RSA-OAEP-256","enc":"A128GCM"})",
        R"({"alg":"RSA-OAEP-256","enc":"A256CBC-HS512"})"}) {
    INFO(header);
    const Result<Opened> opened =
        shared_envelope().open(fake::seal(public_key(), "rows", header), kRoom);
    CHECK(opened.status().code() == Code::kIncomplete);
    CHECK_THAT(opened.status().message(), Catch::Contains("as asked"));
    CHECK_THAT(opened.status().hint(), Catch::Contains("--no-e2e"));
  }
  const std::string sealed = fake::seal(public_key(), "rows");
  const std::string rest = sealed.substr(sealed.find('.'));
  for (const std::string_view header :
       {"null", "[]", "{}", "{", R"({"alg":"none"})", R"({"alg":1,"enc":"A256GCM"})",
        R"({"alg":"RSA-OAEP-256","enc":"A256GCM","crit":["x"]})",
        R"({"alg":"RSA-OAEP-256","enc":"A256GCM","zip":"GZIP"})"}) {
    INFO(header);
    CHECK(open_code(to_base64url(header) + rest) == Code::kIncomplete);
  }
}

TEST_CASE("What is sealed for another key is not opened") {
  Envelope other(KeyChoice::kRsa);
  const Result<std::string> key = other.public_key({});
  REQUIRE(key.ok());
  CHECK(*key != public_key());
  CHECK(open_code(fake::seal(*key, "rows")) == Code::kIncomplete);
}

TEST_CASE("S26 A bomb is stopped at the limit") {
  const std::string plain(5 << 20, '\0');
  CHECK(open_code(fake::seal(public_key(), plain), 1 << 20) == Code::kLimit);
  CHECK(open_code(fake::seal(public_key(), plain), plain.size()) == Code::kOk);
  CHECK(open_code(fake::seal(public_key(), plain), plain.size() - 1) == Code::kLimit);
  const std::string_view flat = R"({"alg":"RSA-OAEP-256","enc":"A256GCM"})";
  CHECK(open_code(fake::seal(public_key(), plain, flat), 1 << 20) == Code::kLimit);
}

TEST_CASE("Damaged DEFLATE is incomplete, not a crash") {
  CHECK(inflate_raw("", 100).status().code() == Code::kIncomplete);
  CHECK(inflate_raw("\xff\xff\xff", 100).status().code() == Code::kIncomplete);
  CHECK(inflate_raw(std::string_view("\x03\x00x", 3), 100).status().code() == Code::kIncomplete);
  CHECK(inflate_raw(std::string_view("\x03\x00", 2), 100).ok());
}

TEST_CASE("Waiting for the key ends with the deadline or a stop, and giving up is quick") {
  const TimePoint before = MonotonicClock::now();
  {
    Envelope envelope(KeyChoice::kRsa);
    std::stop_source stop;
    stop.request_stop();
    const Status stopped = envelope.public_key(stop.get_token()).status();
    CHECK((stopped.ok() || stopped.code() == Code::kInterrupted));
    const Status late = envelope.public_key({}, MonotonicClock::now()).status();
    CHECK((late.ok() || late.code() == Code::kTimeout));
  }
  CHECK(MonotonicClock::now() - before < std::chrono::seconds(5));
}

/// A Vizier's answer to a request for encryption: the batch, sealed for the request's key.
std::function<std::string(const std::string&)> sealed(fake::pb::RowBatchData batch) {
  return [batch](const std::string& bytes) {
    px::api::vizierpb::ExecuteScriptRequest request;
    request.ParseFromString(bytes);
    const auto& asked = request.encryption_options();
    return fake::encrypted(fake::seal(asked.jwk_key(), batch.SerializeAsString()))
        .SerializeAsString();
  };
}

TEST_CASE("A run whose rows are encrypted from end to end") {
  const fake::Table t = numbers();
  Session session;
  session.options.retry.retries = 0;
  const KeyChoice choice = GENERATE(KeyChoice::kEcdh, KeyChoice::kRsa);
  session.options.envelope = std::make_shared<Envelope>(choice);
  SECTION("is whole") {
    fake::Vizier vizier(fake::Script()
                            .send(t.metadata())
                            .reply(sealed(t.batch().int64({1, 2}).data()))
                            .reply(sealed(t.end().data()))
                            .send(fake::stats()));
    const Summary summary = session.run(vizier.address());
    INFO(summary.status.message());
    CHECK(summary.status.ok());
    REQUIRE(session.rows() == 2);
    CHECK(std::get<int64_t>(session.sink.tables()[0].rows[1][0]) == 2);
    const auto options = vizier.calls()[0].script_request().encryption_options();
    CHECK(options.key_alg() == (choice == KeyChoice::kRsa ? "RSA-OAEP-256" : "ECDH-ES"));
    CHECK(options.content_alg() == "A256GCM");
    CHECK(options.compression_alg() == "DEF");
  }
  SECTION("takes no batch a second time") {
    const auto once = std::make_shared<std::string>();
    const auto copied =
        [once, seal = sealed(t.batch().int64({1, 2}).data())](const std::string& request) {
          if (once->empty()) *once = seal(request);
          return *once;
        };
    fake::Vizier vizier(fake::Script()
                            .send(t.metadata())
                            .reply(copied)
                            .reply(copied)
                            .reply(sealed(t.end().data()))
                            .send(fake::stats()));
    const Summary summary = session.run(vizier.address());
    CHECK(summary.status.code() == Code::kIncomplete);
    CHECK_THAT(summary.status.message(), Catch::Contains("a second time"));
    CHECK(session.rows() == 2);
  }
  SECTION("takes no row in plain text") {
    fake::Vizier vizier(whole());
    const Summary summary = session.run(vizier.address());
    CHECK(summary.status.code() == Code::kIncomplete);
    CHECK_THAT(summary.status.hint(), Catch::Contains("--no-e2e"));
    CHECK(session.rows() == 0);
  }
  SECTION("refuses a batch that is no batch once opened") {
    fake::Vizier vizier(fake::Script().send(t.metadata()).reply([](const std::string& bytes) {
      px::api::vizierpb::ExecuteScriptRequest request;
      request.ParseFromString(bytes);
      return fake::encrypted(fake::seal(request.encryption_options().jwk_key(), "\xff\xff"))
          .SerializeAsString();
    }));
    CHECK(session.run(vizier.address()).status.code() == Code::kIncomplete);
  }
}

}  // namespace
}  // namespace pxq::wire
