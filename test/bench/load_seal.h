#pragma once

#include <string>
#include <string_view>

namespace pxq::bench {

/// A compact JWE (RSA-OAEP-256, A256GCM, DEF) of `plain` for the public key in `jwk`, as a Vizier
/// seals a batch, but compressed as fast as can be: a load is to be made quicker than it is read.
/// Empty where the key is no RSA key.
std::string seal(std::string_view jwk, std::string_view plain);

}  // namespace pxq::bench
