// What the server seals, opened by the client's own half and by a library that shares nothing with
// either.

#include "wire/seal.h"

#include <catch2/catch.hpp>
#include <string>

#include "fake/process.h"
#include "wire/envelope.h"

namespace pxq::wire {
namespace {

constexpr size_t kRoom = size_t{1} << 24;

SealRequest request_for(const std::string& jwk, KeyAgreement agreement,
                        std::string compression = "DEF") {
  return {jwk, std::string(algorithm_name(agreement)), "A256GCM", std::move(compression)};
}

Sealer sealer_for(Envelope& envelope, std::string compression = "DEF") {
  const Result<std::string> key = envelope.public_key({});
  REQUIRE(key.ok());
  Result<Sealer> sealer =
      Sealer::make(request_for(*key, envelope.agreement(), std::move(compression)));
  INFO(sealer.status().message());
  REQUIRE(sealer.ok());
  return *std::move(sealer);
}

TEST_CASE("rows that are sealed open again, whatever the key and the compression") {
  const KeyChoice choice = GENERATE(KeyChoice::kEcdh, KeyChoice::kRsa);
  const std::string compression = GENERATE("DEF", "");
  Envelope envelope(choice);
  const Sealer sealer = sealer_for(envelope, compression);
  for (const size_t size : {size_t{0}, size_t{1}, size_t{100'000}}) {
    const std::string rows(size, 'r');
    const Result<std::string> sealed = sealer.seal(rows);
    REQUIRE(sealed.ok());
    if (size > 1000) CHECK(sealed->find(rows) == std::string::npos);
    if (size > 1000) CHECK((sealed->size() < size) == (compression == "DEF"));
    const Result<Opened> opened = envelope.open(*sealed, kRoom);
    INFO(opened.status().message());
    REQUIRE(opened.ok());
    CHECK(opened->rows.view() == rows);
  }
}

TEST_CASE("no two batches are sealed with the same key") {
  Envelope envelope(KeyChoice::kEcdh);
  const Sealer sealer = sealer_for(envelope);
  CHECK_FALSE(envelope.repeats(envelope.open(*sealer.seal("rows"), kRoom)->sealing));
  CHECK_FALSE(envelope.repeats(envelope.open(*sealer.seal("rows"), kRoom)->sealing));
}

TEST_CASE("another's key does not open what was sealed") {
  Envelope envelope(KeyChoice::kEcdh);
  Envelope other(KeyChoice::kEcdh);
  REQUIRE(other.public_key({}).ok());
  CHECK(other.open(*sealer_for(envelope).seal("rows"), kRoom).status().code() == Code::kIncomplete);
}

TEST_CASE("what nobody could seal with is refused before any row") {
  Envelope curve(KeyChoice::kEcdh);
  const std::string jwk = *curve.public_key({});
  const auto refused = [](const SealRequest& request) {
    const Result<Sealer> sealer = Sealer::make(request);
    REQUIRE_FALSE(sealer.ok());
    CHECK(sealer.status().code() == Code::kUsage);
    return sealer.status().message();
  };
  CHECK_THAT(refused({jwk, "RSA1_5", "A256GCM", ""}), Catch::Contains("'RSA1_5'"));
  CHECK_THAT(refused({jwk, "ECDH-ES", "A128CBC-HS256", ""}), Catch::Contains("'A128CBC-HS256'"));
  CHECK_THAT(refused({jwk, "ECDH-ES", "A256GCM", "GZIP"}), Catch::Contains("'GZIP'"));
  CHECK_THAT(refused({jwk, "RSA-OAEP-256", "A256GCM", ""}), Catch::Contains("RSA JWK"));
  CHECK_THAT(refused({"{", "ECDH-ES", "A256GCM", ""}), Catch::Contains("P-256"));
  CHECK_THAT(refused({"[]", "ECDH-ES", "A256GCM", ""}), Catch::Contains("P-256"));
  // Of the right form, and no point of the curve.
  const std::string zero(43, 'A');
  CHECK_THAT(refused({R"({"kty":"EC","crv":"P-256","x":")" + zero + R"(","y":")" + zero + "\"}",
                      "ECDH-ES", "A256GCM", ""}),
             Catch::Contains("P-256"));
  // 512 bits fall within an hour.
  CHECK_THAT(refused({R"({"kty":"RSA","e":"AQAB","n":")" + std::string(86, 'x') + "\"}",
                      "RSA-OAEP-256", "A256GCM", ""}),
             Catch::Contains("2048"));
}

// jwcrypto shares no code with either half: makes the pair, waits for the sealed rows, opens them.
TEST_CASE("jwcrypto opens what was sealed for its own keys") {
  const std::string kind = GENERATE("kty='EC', crv='P-256'", "kty='RSA', size=2048");
  fake::Command make;
  make.program = "/usr/bin/python3";
  make.arguments = {"-c", "from jwcrypto import jwk\nk = jwk.JWK.generate(" + kind +
                              ")\nprint(k.export_private())\nprint(k.export_public())"};
  const fake::ProcessResult made = fake::run(make);
  INFO(made.err);
  REQUIRE(made.status() == 0);
  const size_t line = made.out.find('\n');
  const std::string secret = made.out.substr(0, line);
  const bool curve = kind.find("EC") != std::string::npos;
  const Result<Sealer> sealer = Sealer::make(
      request_for(made.out.substr(line + 1), curve ? KeyAgreement::kEcdh : KeyAgreement::kRsa));
  REQUIRE(sealer.ok());
  fake::Command open;
  open.program = "/usr/bin/python3";
  open.arguments = {"-c",
                    "import sys\nfrom jwcrypto import jwe, jwk\n"
                    "token = jwe.JWE()\n"
                    "token.deserialize(sys.argv[1], jwk.JWK.from_json(sys.argv[2]))\n"
                    "print(token.payload.decode())",
                    *sealer->seal("rows of a table"), secret};
  const fake::ProcessResult opened = fake::run(open);
  INFO(opened.err);
  CHECK(opened.out == "rows of a table\n");
}

}  // namespace
}  // namespace pxq::wire
