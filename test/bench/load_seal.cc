#include "bench/load_seal.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <zlib.h>

#include <array>
#include <memory>
#include <nlohmann/json.hpp>

#include "text/base64.h"
#include "wire/ecdh.h"
#include "wire/jose.h"

namespace pxq::bench {
namespace {

constexpr std::string_view kRsaHeader = R"({"alg":"RSA-OAEP-256","enc":"A256GCM","zip":"DEF"})";
constexpr size_t kTagBytes = 16;

template <auto Free>
struct Freed {
  template <typename T>
  void operator()(T* pointer) const {
    Free(pointer);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, Freed<EVP_PKEY_CTX_free>>;
using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, Freed<EVP_CIPHER_CTX_free>>;
using Number = std::unique_ptr<BIGNUM, Freed<BN_free>>;

unsigned char* bytes_of(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }
const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

// OpenSSL's base64 in the alphabet of URLs and without padding.
std::string url_text(std::string_view bytes) {
  std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');
  const int size = EVP_EncodeBlock(bytes_of(text), bytes_of(bytes), static_cast<int>(bytes.size()));
  text.resize(static_cast<size_t>(size));
  text.erase(text.find_last_not_of('=') + 1);
  for (char& c : text) c = c == '+' ? '-' : c == '/' ? '_' : c;
  return text;
}

Number number_of(std::string text) {
  for (char& c : text) c = c == '-' ? '+' : c == '_' ? '/' : c;
  const size_t padding = (4 - text.size() % 4) % 4;
  text.append(padding, '=');
  std::string bytes(text.size(), '\0');
  const int size = EVP_DecodeBlock(bytes_of(bytes), bytes_of(std::string_view(text)),
                                   static_cast<int>(text.size()));
  if (size < 0) return nullptr;
  return Number(BN_bin2bn(bytes_of(bytes), size - static_cast<int>(padding), nullptr));
}

Key public_key(std::string_view jwk) {
  const auto json = nlohmann::json::parse(jwk, nullptr, false);
  if (!json.is_object() || json.value("kty", "") != "RSA") return nullptr;
  const Number modulus = number_of(json.value("n", ""));
  const Number exponent = number_of(json.value("e", ""));
  const std::unique_ptr<OSSL_PARAM_BLD, Freed<OSSL_PARAM_BLD_free>> builder(OSSL_PARAM_BLD_new());
  if (!modulus || !exponent ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, modulus.get()) != 1 ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, exponent.get()) != 1) {
    return nullptr;
  }
  const std::unique_ptr<OSSL_PARAM, Freed<OSSL_PARAM_free>> parameters(
      OSSL_PARAM_BLD_to_param(builder.get()));
  const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr));
  EVP_PKEY* key = nullptr;
  if (EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters.get()) != 1) {
    return nullptr;
  }
  return Key(key);
}

std::string wrap(EVP_PKEY& key, std::string_view content_key) {
  const KeyContext context(EVP_PKEY_CTX_new(&key, nullptr));
  std::string wrapped(static_cast<size_t>(EVP_PKEY_get_size(&key)), '\0');
  size_t size = wrapped.size();
  if (EVP_PKEY_encrypt_init(context.get()) != 1 ||
      EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_OAEP_PADDING) != 1 ||
      EVP_PKEY_CTX_set_rsa_oaep_md(context.get(), EVP_sha256()) != 1 ||
      EVP_PKEY_CTX_set_rsa_mgf1_md(context.get(), EVP_sha256()) != 1 ||
      EVP_PKEY_encrypt(context.get(), bytes_of(wrapped), &size, bytes_of(content_key),
                       content_key.size()) != 1) {
    return {};
  }
  return wrapped;
}

std::string deflated(std::string_view plain) {
  std::string packed(compressBound(plain.size()) + 16, '\0');
  z_stream stream{};
  deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, -MAX_WBITS, MAX_MEM_LEVEL, Z_DEFAULT_STRATEGY);
  std::string input(plain);  // zlib wants it not const
  stream.next_in = bytes_of(input);
  stream.avail_in = static_cast<uInt>(input.size());
  stream.next_out = bytes_of(packed);
  stream.avail_out = static_cast<uInt>(packed.size());
  deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

// What follows the wrapped key: nonce, ciphertext and tag.
std::string encrypted(std::string_view header, std::string_view content_key,
                      std::string_view plain) {
  std::string nonce(12, '\0');
  RAND_bytes(bytes_of(nonce), static_cast<int>(nonce.size()));
  std::string ciphertext(plain.size() + kTagBytes, '\0');
  std::string tag(kTagBytes, '\0');
  int size = 0;
  int rest = 0;
  const CipherContext context(EVP_CIPHER_CTX_new());
  EVP_EncryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, bytes_of(content_key),
                     bytes_of(nonce));
  EVP_EncryptUpdate(context.get(), nullptr, &rest, bytes_of(header),
                    static_cast<int>(header.size()));
  EVP_EncryptUpdate(context.get(), bytes_of(ciphertext), &size, bytes_of(plain),
                    static_cast<int>(plain.size()));
  EVP_EncryptFinal_ex(context.get(), bytes_of(ciphertext) + size, &rest);
  EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, static_cast<int>(kTagBytes), tag.data());
  ciphertext.resize(static_cast<size_t>(size + rest));
  return url_text(nonce) + "." + url_text(ciphertext) + "." + url_text(tag);
}

// The sender's half of what lib/wire/ecdh does for the receiver; the function is symmetric.
std::string seal_for_curve(const nlohmann::json& jwk, std::string_view packed) {
  const auto x = decode_base64url(jwk.value("x", ""));
  const auto y = decode_base64url(jwk.value("y", ""));
  const wire::Key once = wire::make_p256_key();
  if (!x || !y || !once) return {};
  const auto content_key = wire::agree_on_key(*once, {*x, *y});
  if (!content_key) return {};
  const nlohmann::json header = {{"alg", "ECDH-ES"},
                                 {"enc", "A256GCM"},
                                 {"epk", nlohmann::json::parse(wire::to_ec_jwk(*once))},
                                 {"zip", "DEF"}};
  const std::string encoded = url_text(header.dump());
  return encoded + ".." + encrypted(encoded, *content_key, std::string(packed));
}

}  // namespace

std::string pack(std::string_view plain) { return deflated(plain); }

std::string seal(std::string_view jwk, std::string_view packed) {
  const auto json = nlohmann::json::parse(jwk, nullptr, false);
  if (json.is_object() && json.value("kty", "") == "EC") return seal_for_curve(json, packed);
  const Key key = public_key(jwk);
  std::string content_key(32, '\0');
  RAND_bytes(bytes_of(content_key), static_cast<int>(content_key.size()));
  const std::string wrapped = key ? wrap(*key, content_key) : std::string();
  if (wrapped.empty()) return {};
  const std::string header = url_text(kRsaHeader);
  return header + "." + url_text(wrapped) + "." + encrypted(header, content_key, packed);
}

}  // namespace pxq::bench
