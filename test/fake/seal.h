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

}  // namespace pxq::fake
