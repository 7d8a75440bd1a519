#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pxq::fake {

/// What a Vizier writes into the header of rows that are sealed for an RSA key, and for one of an
/// elliptic curve.
inline constexpr std::string_view kSealHeader =
    R"({"alg":"RSA-OAEP-256","enc":"A256GCM","zip":"DEF"})";
inline constexpr std::string_view kEcdhHeader = R"({"alg":"ECDH-ES","enc":"A256GCM","zip":"DEF"})";

/// A compact JWE of `plain` for the public key in `jwk`, made by another library than the client's.
/// Without a header, with the one of the key's kind. Throws where that library (python3-jwcrypto)
/// fails.
std::string seal(std::string_view jwk, std::string_view plain, std::string_view header = {});

/// The same for many, in the time of one.
std::vector<std::string> seal_all(std::string_view jwk, const std::vector<std::string>& plain,
                                  std::string_view header = {});

/// What a client asks Pixie's broker for, word for word.
struct BrokerOrder {
  std::string_view key_algorithm = "ECDH-ES";
  std::string_view content_algorithm = "A256GCM";
  std::string_view compression = "DEF";
};

/// What the broker's library made of it: a compact JWE, or its words of refusal.
struct BrokerAnswer {
  std::string sealed;
  std::string refused;
};

/// Whether the program around the library that Pixie's broker uses (test/fake/broker, in Go) has
/// been built on this machine: scripts/interop does it.
bool has_broker();

/// Seals as Pixie's broker does. REQUIRES: has_broker().
std::vector<BrokerAnswer> broker_seal(std::string_view jwk, const std::vector<std::string>& plain,
                                      const BrokerOrder& order = {});

}  // namespace pxq::fake
