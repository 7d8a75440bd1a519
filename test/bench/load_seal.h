#pragma once

#include <string>
#include <string_view>

namespace pxq::bench {

/// A batch's bytes as they are put under encryption (DEF), compressed as fast as can be: a load is
/// to be made quicker than it is read.
std::string pack(std::string_view plain);

/// A compact JWE (A256GCM) of what pack() made for the public key in `jwk`, by ECDH-ES for an
/// elliptic curve and RSA-OAEP-256 else, with keys of its own as a Vizier takes them for each
/// batch. Empty where the key is neither.
std::string seal(std::string_view jwk, std::string_view packed);

}  // namespace pxq::bench
