#pragma once

#include <openssl/evp.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

/// ECDH-ES on P-256, as JOSE uses it (RFC 7518 4.6): a key pair takes microseconds to make, and a
/// batch costs one derivation instead of one RSA decryption.
namespace pxq::wire {

struct FreeKey {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
using Key = std::unique_ptr<EVP_PKEY, FreeKey>;

/// A fresh pair; nothing where OpenSSL cannot make one.
Key make_p256_key();

/// The public half as a JWK; empty if `key` is none.
std::string to_ec_jwk(const EVP_PKEY& key);

/// A sender's one-time public key: the two coordinates, 32 bytes each.
struct CurvePoint {
  std::string x;
  std::string y;
};

/// The 256-bit content key for A256GCM that both sides derive: Concat KDF with SHA-256 and empty
/// party infos over the shared secret. Nothing where `sender` is no point of the curve.
std::optional<std::string> agree_on_key(EVP_PKEY& ours, const CurvePoint& sender);

}  // namespace pxq::wire
