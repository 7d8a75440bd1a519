#include "wire/ecdh.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "fake/messages.h"
#include "fake/seal.h"
#include "session.h"
#include "text/base64.h"
#include "wire/envelope.h"
#include "wire/jose.h"

namespace pxq::wire {
namespace {

constexpr size_t kRoom = 1 << 20;

std::string decoded(const nlohmann::json& jwk, const char* name) {
  return *decode_base64url(jwk.at(name).get<std::string>());
}

CurvePoint point_of(const EVP_PKEY& key) {
  const auto jwk = nlohmann::json::parse(to_ec_jwk(key));
  return {decoded(jwk, "x"), decoded(jwk, "y")};
}

/// What was sealed, with its header read, changed and put back. GCM guards the header, so what a
/// changed one is refused for must be found before the content is opened.
std::string with_header(const std::string& sealed,
                        const std::function<void(nlohmann::json&)>& edit) {
  const size_t dot = sealed.find('.');
  auto header = nlohmann::json::parse(*decode_base64url(sealed.substr(0, dot)));
  edit(header);
  return to_base64url(header.dump()) + sealed.substr(dot);
}

TEST_CASE("Two sides agree on the key of RFC 7518's own example") {
  // Appendix C differs in its algorithm and party names only, which change the key: both sides of
  // ours must come to one key, and to another with every other pair.
  const Key alice = make_p256_key();
  const Key bob = make_p256_key();
  const Key eve = make_p256_key();
  const auto one = agree_on_key(*alice, point_of(*bob));
  REQUIRE(one);
  CHECK(one->size() == 32);
  CHECK(agree_on_key(*bob, point_of(*alice)) == one);
  CHECK(agree_on_key(*eve, point_of(*alice)) != one);
}

TEST_CASE("What is no point of P-256 gives no key") {
  const Key key = make_p256_key();
  const CurvePoint good = point_of(*make_p256_key());
  const std::string zeros(32, '\0');
  CurvePoint moved = good;
  moved.y[31] = static_cast<char>(moved.y[31] ^ 1);
  // The base point of secp256k1: a real point, of another curve.
  const CurvePoint foreign{*decode_base64url("eb5mfvncu6xVoGKVzocLBwKb_NstzijZWfKBWxb4F5g"),
                           *decode_base64url("SDradyajxGVdpPv8DhEIqP0XtEimhVQZnEfQj_sQ1Lg")};
  // A coordinate that is not below the field's prime.
  const CurvePoint large{std::string(32, '\xff'), good.y};
  for (const CurvePoint& point :
       {moved, foreign, large, CurvePoint{zeros, zeros}, CurvePoint{good.x, zeros},
        CurvePoint{good.x.substr(1), good.y}, CurvePoint{good.x + 'x', good.y}, CurvePoint{}}) {
    CHECK_FALSE(agree_on_key(*key, point));
  }
  CHECK(agree_on_key(*key, good));
}

TEST_CASE("A point of small order, of a curve that only looks like P-256, gives no key") {
  // Who sends such points learns the secret key from the few secrets that they can give. P-256 has
  // none of its own, but adding ignores a curve's last coefficient, so any x with y = 0 is of order
  // two on some curve with P-256's formulas; the point at infinity has no coordinates.
  const Key key = make_p256_key();
  const std::string zero(32, '\0');
  for (char last = 0; last < 16; ++last) {
    CHECK_FALSE(agree_on_key(*key, {zero.substr(1) + last, zero}));
  }
  CHECK_FALSE(agree_on_key(*key, {point_of(*key).x, zero}));
}

TEST_CASE("The key for ECDH-ES is a JWK that tells nothing else") {
  Envelope envelope;
  const auto jwk = nlohmann::json::parse(*envelope.public_key({}));
  CHECK(jwk.size() == 4);
  CHECK(jwk["kty"] == "EC");
  CHECK(jwk["crv"] == "P-256");
  CHECK(decoded(jwk, "x").size() == 32);
  CHECK(decoded(jwk, "y").size() == 32);
}

TEST_CASE("What another library sealed by ECDH-ES is opened") {
  Envelope envelope;
  const std::string key = *envelope.public_key({});
  const std::string plain = std::string(100'000, 'x') + std::string("\0\xff", 2);
  for (const std::string_view header :
       {fake::kEcdhHeader, std::string_view(R"({"alg":"ECDH-ES","enc":"A256GCM"})")}) {
    const Result<Opened> opened = envelope.open(fake::seal(key, plain, header), kRoom);
    INFO(opened.status().message());
    REQUIRE(opened.ok());
    CHECK(opened->rows.view() == plain);
  }
}

TEST_CASE("Nothing sealed by ECDH-ES that was changed on the way is opened") {
  Envelope envelope;
  const std::string sealed = fake::seal(*envelope.public_key({}), "rows", fake::kEcdhHeader);
  REQUIRE(envelope.open(sealed, kRoom).ok());
  for (size_t at = 0; at < sealed.size(); ++at) {
    std::string changed = sealed;
    changed[at] = changed[at] == 'A' ? 'B' : 'A';
    INFO(at);
    CHECK(envelope.open(changed, kRoom).status().code() == Code::kIncomplete);
  }
  Envelope other;
  CHECK(other.open(sealed, kRoom).status().code() == Code::kIncomplete);
  Envelope rsa(KeyChoice::kRsa);
  REQUIRE(rsa.public_key({}).ok());
  CHECK_THAT(rsa.open(sealed, kRoom).status().message(), Catch::Contains("as asked"));
}

TEST_CASE("A header that means something else is refused before a key is derived") {
  Envelope envelope;
  const std::string sealed = fake::seal(*envelope.public_key({}), "rows", fake::kEcdhHeader);
  using Json = nlohmann::json;
  const std::vector<std::pair<std::string, std::function<void(Json&)>>> edits = {
      {"as asked", [](Json& h) { h["alg"] = "ECDH-ES+A256KW"; }},
      {"as asked", [](Json& h) { h["alg"] = "RSA-OAEP-256"; }},
      {"as asked", [](Json& h) { h["alg"] = "dir"; }},
      {"as asked", [](Json& h) { h["enc"] = "A128GCM"; }},
      {"no one-time key", [](Json& h) { h.erase("epk"); }},
      {"no one-time key", [](Json& h) { h["epk"] = "x"; }},
      {"P-521", [](Json& h) { h["epk"]["crv"] = "P-521"; }},
      {"'X25519'", [](Json& h) { h["epk"]["crv"] = "X25519"; }},
      {"P-256", [](Json& h) { h["epk"]["kty"] = "OKP"; }},
      {"malformed", [](Json& h) { h["epk"]["x"] = "a=b"; }},
      {"no point", [](Json& h) { h["epk"]["x"] = h["epk"]["y"]; }},
      {"no point", [](Json& h) { h["epk"].erase("y"); }},
      {"more than a public key", [](Json& h) { h["epk"]["d"] = "AA"; }},
      {"'apu'", [](Json& h) { h["apu"] = "QQ"; }},
      {"'apv'", [](Json& h) { h["apv"] = "QQ"; }},
      {"'jku'", [](Json& h) { h["jku"] = "https://example.com"; }},
      {"extension", [](Json& h) { h["crit"] = Json::array({"x"}); }},
      {"compressed", [](Json& h) { h["zip"] = "GZIP"; }}};
  for (const auto& [words, edit] : edits) {
    const Status status = envelope.open(with_header(sealed, edit), kRoom).status();
    INFO(words);
    CHECK(status.code() == Code::kIncomplete);
    CHECK_THAT(status.message(), Catch::Contains(words));
  }
  const size_t dot = sealed.find('.');
  CHECK_THAT(envelope.open(sealed.substr(0, dot + 1) + "QUJD" + sealed.substr(dot + 1), kRoom)
                 .status()
                 .message(),
             Catch::Contains("nobody asked for"));
}

std::function<std::string(const std::string&)> sealed(fake::pb::RowBatchData batch) {
  return [batch](const std::string& bytes) {
    px::api::vizierpb::ExecuteScriptRequest request;
    request.ParseFromString(bytes);
    return fake::encrypted(
               fake::seal(request.encryption_options().jwk_key(), batch.SerializeAsString()))
        .SerializeAsString();
  };
}

fake::Script sealed_rows() {
  const fake::Table t = numbers();
  return fake::Script()
      .send(t.metadata())
      .reply(sealed(t.batch().int64({1, 2}).data()))
      .reply(sealed(t.end().data()))
      .send(fake::stats());
}

TEST_CASE("A server that refuses ECDH-ES is asked again with RSA, and told so") {
  Impatient session;
  session.options.envelope = std::make_shared<Envelope>();
  std::string told;
  session.events.on_odd = [&](std::string_view what) { told += what; };
  fake::Vizier vizier;
  vizier.answer(fake::Script().finish(2, "invalid jwa.KeyEncryptionAlgorithm value"))
      .answer(sealed_rows());
  const Summary summary = session.run(vizier.address());
  INFO(summary.status.message());
  CHECK(summary.status.ok());
  CHECK(session.rows() == 2);
  CHECK(session.pauses.empty());
  REQUIRE(vizier.calls().size() == 2);
  CHECK(vizier.calls()[0].script_request().encryption_options().key_alg() == "ECDH-ES");
  CHECK(vizier.calls()[1].script_request().encryption_options().key_alg() == "RSA-OAEP-256");
  CHECK(session.options.envelope->agreement() == KeyAgreement::kRsa);
  CHECK_THAT(told, Catch::Contains("RSA-OAEP-256") && Catch::Contains("invalid jwa"));
}

TEST_CASE("No other failure asks for another key, and none for plain text") {
  Impatient session;
  session.options.retry.retries = 0;
  SECTION("a failure of the query") {
    session.options.envelope = std::make_shared<Envelope>();
    fake::Vizier vizier(fake::Script().finish(2, "agent is gone"));
    CHECK(session.run(vizier.address()).status.code() == Code::kServer);
    CHECK(vizier.calls().size() == 1);
  }
  SECTION("a refusal after the first message") {
    session.options.envelope = std::make_shared<Envelope>();
    fake::Vizier vizier(
        fake::Script().send(numbers().metadata()).finish(2, "jwe: failed to encrypt"));
    CHECK_FALSE(session.run(vizier.address()).status.ok());
    CHECK(vizier.calls().size() == 1);
  }
  SECTION("a refusal where ECDH-ES was forced") {
    session.options.envelope = std::make_shared<Envelope>(KeyChoice::kEcdh);
    fake::Vizier vizier(fake::Script().finish(2, "jwk: no EC"));
    CHECK(session.run(vizier.address()).status.code() == Code::kServer);
    CHECK(vizier.calls().size() == 1);
  }
  SECTION("a refusal of both") {
    session.options.envelope = std::make_shared<Envelope>();
    fake::Vizier vizier(fake::Script().finish(2, "jwk: no keys here"));
    CHECK(session.run(vizier.address()).status.code() == Code::kServer);
    REQUIRE(vizier.calls().size() == 2);
    CHECK(vizier.calls()[1].script_request().has_encryption_options());
  }
}

}  // namespace
}  // namespace pxq::wire
