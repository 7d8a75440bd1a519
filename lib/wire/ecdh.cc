#include "wire/ecdh.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include <array>
#include <memory>
#include <nlohmann/json.hpp>

#include "text/base64.h"
#include "wire/jose.h"

namespace pxq::wire {
namespace {

constexpr size_t kCoordinateBytes = 32;
constexpr size_t kContentKeyBytes = 32;
constexpr char kCurve[] = "P-256";

struct FreeContext {
  void operator()(EVP_PKEY_CTX* context) const { EVP_PKEY_CTX_free(context); }
  void operator()(EVP_KDF* kdf) const { EVP_KDF_free(kdf); }
  void operator()(EVP_KDF_CTX* context) const { EVP_KDF_CTX_free(context); }
  void operator()(BIGNUM* number) const { BN_free(number); }
};
using Context = std::unique_ptr<EVP_PKEY_CTX, FreeContext>;

/// Bytes that are wiped when they go.
struct Secret {
  std::string bytes;
  ~Secret() { OPENSSL_cleanse(bytes.data(), bytes.size()); }
};

unsigned char* start_of(std::string& bytes) {
  return reinterpret_cast<unsigned char*>(bytes.data());
}

// RFC 7518 6.2.1.2: coordinates have the full width of the field, zeros in front included.
std::string coordinate(const EVP_PKEY& key, const char* name) {
  BIGNUM* raw = nullptr;
  if (EVP_PKEY_get_bn_param(&key, name, &raw) != 1) return {};
  const std::unique_ptr<BIGNUM, FreeContext> number(raw);
  std::string bytes(kCoordinateBytes, '\0');
  if (BN_bn2binpad(raw, start_of(bytes), static_cast<int>(bytes.size())) < 0) return {};
  return bytes;
}

// OpenSSL refuses coordinates that are not on the curve. All points of P-256 but the one at
// infinity, which no coordinates name, are of its one large order: the quick check is the whole of
// it, and the other one multiplies by that order to find out, which takes longer than everything
// else here.
Key public_key_of(const CurvePoint& point) {
  if (point.x.size() != kCoordinateBytes || point.y.size() != kCoordinateBytes) return nullptr;
  std::string octets = "\x04" + point.x + point.y;  // SEC 1: both coordinates, uncompressed
  std::string curve = kCurve;
  const std::array<OSSL_PARAM, 3> parameters = {
      OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, curve.data(), curve.size()),
      OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, octets.data(), octets.size()),
      OSSL_PARAM_construct_end()};
  const Context context(EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr));
  EVP_PKEY* made = nullptr;
  if (!context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &made, EVP_PKEY_PUBLIC_KEY,
                        const_cast<OSSL_PARAM*>(parameters.data())) != 1) {
    return nullptr;
  }
  Key key(made);
  const Context check(EVP_PKEY_CTX_new(key.get(), nullptr));
  return check && EVP_PKEY_public_check_quick(check.get()) == 1 ? std::move(key) : nullptr;
}

bool shared_secret(EVP_PKEY& ours, EVP_PKEY& theirs, Secret& secret) {
  const Context context(EVP_PKEY_CTX_new(&ours, nullptr));
  size_t size = kCoordinateBytes;
  secret.bytes.resize(size);
  return context && EVP_PKEY_derive_init(context.get()) == 1 &&
         // Without another check of the peer: see public_key_of().
         EVP_PKEY_derive_set_peer_ex(context.get(), &theirs, 0) == 1 &&
         EVP_PKEY_derive(context.get(), start_of(secret.bytes), &size) == 1 &&
         size == kCoordinateBytes;
}

// OtherInfo of RFC 7518 4.6.2: the content algorithm with its length, two empty party infos, and
// the length of the key in bits, all numbers big-endian in four bytes.
std::string other_info() {
  using namespace std::string_literals;
  return "\0\0\0\7A256GCM"s + "\0\0\0\0"s + "\0\0\0\0"s + "\0\0\1\0"s;
}

std::optional<std::string> concat_kdf(Secret& secret) {
  const std::unique_ptr<EVP_KDF, FreeContext> kdf(EVP_KDF_fetch(nullptr, "SSKDF", nullptr));
  const std::unique_ptr<EVP_KDF_CTX, FreeContext> context(kdf ? EVP_KDF_CTX_new(kdf.get())
                                                              : nullptr);
  std::string digest = "SHA256";
  std::string info = other_info();
  const std::array<OSSL_PARAM, 4> parameters = {
      OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest.data(), digest.size()),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, secret.bytes.data(),
                                        secret.bytes.size()),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, info.data(), info.size()),
      OSSL_PARAM_construct_end()};
  std::string key(kContentKeyBytes, '\0');
  if (!context ||
      EVP_KDF_derive(context.get(), start_of(key), key.size(), parameters.data()) != 1) {
    return std::nullopt;
  }
  return key;
}

}  // namespace

Key make_p256_key() { return Key(EVP_EC_gen(kCurve)); }

std::string to_ec_jwk(const EVP_PKEY& key) {
  const std::string x = coordinate(key, OSSL_PKEY_PARAM_EC_PUB_X);
  const std::string y = coordinate(key, OSSL_PKEY_PARAM_EC_PUB_Y);
  if (x.empty() || y.empty()) return {};
  return nlohmann::ordered_json{
      {"crv", kCurve}, {"kty", "EC"}, {"x", to_base64url(x)}, {"y", to_base64url(y)}}
      .dump();
}

std::optional<std::string> agree_on_key(EVP_PKEY& ours, const CurvePoint& sender) {
  const Key theirs = public_key_of(sender);
  Secret secret;
  if (!theirs || !shared_secret(ours, *theirs, secret)) return std::nullopt;
  return concat_kdf(secret);
}

}  // namespace pxq::wire
