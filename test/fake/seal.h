#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pxq::fake {

/// What a Vizier writes into the header of encrypted rows when it is asked as pxq asks.
inline constexpr std::string_view kSealHeader =
    R"({"alg":"RSA-OAEP-256","enc":"A256GCM","zip":"DEF"})";

/// A compact JWE of `plain` for the public key in `jwk`, made by another library than the client's.
/// Throws where that library (python3-jwcrypto) fails.
std::string seal(std::string_view jwk, std::string_view plain,
                 std::string_view header = kSealHeader);

/// The same for many, in the time of one.
std::vector<std::string> seal_all(std::string_view jwk, const std::vector<std::string>& plain,
                                  std::string_view header = kSealHeader);

}  // namespace pxq::fake
