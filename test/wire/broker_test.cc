// Rows as Pixie's broker seals them: with its own JOSE library, which is neither the client's nor
// that of the other tests. A few are kept in broker_sealed.json; scripts/interop lets the library
// itself seal for keys of this run.

#include <openssl/bio.h>
#include <openssl/pem.h>
#include <catch2/catch.hpp>
#include <fstream>
#include <nlohmann/json.hpp>

#include "fake/seal.h"
#include "places.h"
#include "text/base64.h"
#include "wire/envelope.h"
#include "wire/jose.h"
#include "wire/server_texts.h"

namespace pxq::wire {
namespace {

constexpr size_t kRoom = 8u << 20;

Key key_of(const std::string& pem) {
  BIO* in = BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
  Key key(PEM_read_bio_PrivateKey(in, nullptr, nullptr, nullptr));
  BIO_free(in);
  return key;
}

std::string opened(EVP_PKEY& key, KeyAgreement agreement, const std::string& sealed) {
  auto jwe = split_jwe(sealed);
  REQUIRE(jwe);
  const Result<SealedHeader> header = read_sealed_header(jwe->header, agreement);
  INFO(header.status().message());
  REQUIRE(header.ok());
  const auto content_key = agreement == KeyAgreement::kEcdh ? agree_on_key(key, header->sender)
                                                            : unwrap_key(key, jwe->key);
  REQUIRE(content_key);
  const auto plain = decrypt_content(*std::move(jwe), *content_key);
  REQUIRE(plain);
  return header->deflated ? std::string(inflate_raw(*plain, kRoom)->view()) : *plain;
}

TEST_CASE("Rows that the broker's own library sealed are opened, as they are kept here") {
  std::ifstream file(PXQ_TEST_DATA "/wire/broker_sealed.json");
  const auto kept = nlohmann::json::parse(file);
  for (const auto& one : kept["sealed"]) {
    INFO(one["what"]);
    const bool curve = one["key"] == "ec";
    const Key key = key_of(kept[curve ? "ec" : "rsa"]);
    REQUIRE(key);
    CHECK(opened(*key, curve ? KeyAgreement::kEcdh : KeyAgreement::kRsa, one["jwe"]) ==
          kept["plain"].get<std::string>());
  }
}

TEST_CASE("The broker's words for a key that it cannot seal for are known, and only those") {
  const auto end = [](std::string_view words) {
    return refuses_key(Status(Code::kServer, std::string(words)).with_grpc_code(2));
  };
  for (const std::string_view words :
       {"invalid jwa.KeyEncryptionAlgorithm value", "invalid key type from JSON (EC)",
        "failed to retrieve raw key out of *jwk.ecdsaPublicKey: failed to build public key: "
        "invalid curve algorithm P-256",
        "failed to unmarshal JSON into key hint: invalid character 'x' looking for beginning of "
        "value",
        "failed to generate public key from key (*ecdsa.PublicKey): expected rsa.PublicKey or "
        "*rsa.PublicKey, got *ecdsa.PublicKey"}) {
    INFO(words);
    CHECK(end(words));
  }
  for (const std::string_view words :
       {"", "EOF", "agent is gone", "context canceled", "failed to execute query",
        "script should not be empty", "invalid key: token is expired",
        "failed to retrieve the public key of the auth service"}) {
    INFO(words);
    CHECK_FALSE(end(words));
  }
}

bool missing_broker() {
  if (fake::has_broker()) return false;
  WARN("not tested: the broker's library is not set up; scripts/interop does it");
  return true;
}

std::vector<std::string> sealed_by_broker(Envelope& envelope, const std::vector<std::string>& plain,
                                          std::string_view compression = "DEF") {
  const auto answers = fake::broker_seal(*envelope.public_key({}), plain,
                                         {.key_algorithm = algorithm_name(envelope.agreement()),
                                          .content_algorithm = kContentAlgorithm,
                                          .compression = compression});
  std::vector<std::string> sealed;
  for (const fake::BrokerAnswer& answer : answers) {
    REQUIRE(answer.refused == "");
    sealed.push_back(answer.sealed);
  }
  return sealed;
}

TEST_CASE("The broker's library and pxq agree on every key of a run", "[interop]") {
  if (missing_broker()) return;
  const auto choice = GENERATE(KeyChoice::kEcdh, KeyChoice::kRsa);
  Envelope envelope(choice);
  // So many that some keys and secrets begin with zeros, which one side might leave out.
  std::vector<std::string> plain(choice == KeyChoice::kEcdh ? 3000 : 20, "rows");
  plain.insert(plain.end(), {"", std::string(1, '\0'), std::string(4u << 20, 'x'),
                             std::string("\0\xff", 2), "two\nlines"});
  for (const std::string_view compression : {"DEF", ""}) {
    const auto sealed = sealed_by_broker(envelope, plain, compression);
    size_t equal = 0;
    for (size_t i = 0; i < plain.size(); ++i) {
      const Result<Opened> opened = envelope.open(sealed[i], kRoom);
      if (!opened.ok() || envelope.repeats(opened->sealing)) continue;
      if (opened->rows.view() == plain[i]) ++equal;
    }
    CHECK(equal == plain.size());
    CHECK(envelope.repeats(envelope.open(sealed[0], kRoom)->sealing));
  }
}

TEST_CASE("Nothing that the broker's library sealed is opened once it was changed", "[interop]") {
  if (missing_broker()) return;
  Envelope envelope(GENERATE(KeyChoice::kEcdh, KeyChoice::kRsa));
  const std::string sealed = sealed_by_broker(envelope, {"rows"}).front();
  REQUIRE(envelope.open(sealed, kRoom).ok());
  for (size_t at = 0; at < sealed.size(); ++at) {
    std::string changed = sealed;
    changed[at] = changed[at] == 'A' ? 'B' : 'A';
    INFO(at);
    CHECK(envelope.open(changed, kRoom).status().code() == Code::kIncomplete);
  }
}

TEST_CASE("What the broker's library seals in ways that were not asked for is refused",
          "[interop]") {
  if (missing_broker()) return;
  Envelope envelope;
  const std::string key = *envelope.public_key({});
  for (const auto& [order, words] : std::vector<std::pair<fake::BrokerOrder, std::string>>{
           {{"ECDH-ES+A128KW"}, "as asked"},
           {{"ECDH-ES+A256KW"}, "as asked"},
           {{"ECDH-ES", "A128GCM"}, "as asked"},
           {{"ECDH-ES", "A256CBC-HS512"}, "as asked"}}) {
    const auto answer = fake::broker_seal(key, {"rows"}, order).front();
    REQUIRE(answer.refused == "");
    const Status status = envelope.open(answer.sealed, kRoom).status();
    CHECK(status.code() == Code::kIncomplete);
    CHECK_THAT(status.message(), Catch::Contains(words));
  }
}

TEST_CASE("What the broker's library says of a key that it cannot use is understood", "[interop]") {
  if (missing_broker()) return;
  Envelope envelope;
  const std::string key = *envelope.public_key({});
  std::string foreign = key;
  foreign.replace(foreign.find("P-256"), 5, "P-999");
  for (const auto& [jwk, order] : std::vector<std::pair<std::string, fake::BrokerOrder>>{
           {key, {"ECDH-XX"}}, {foreign, {}}, {R"({"kty":"EX"})", {}}, {key, {"RSA-OAEP-256"}}}) {
    const auto answer = fake::broker_seal(jwk, {"rows"}, order).front();
    INFO(answer.refused);
    CHECK(answer.sealed.empty());
    CHECK(refuses_key(Status(Code::kServer, answer.refused).with_grpc_code(2)));
  }
}

}  // namespace
}  // namespace pxq::wire
