#include "wire/seal.h"

#include <fmt/format.h>
#include <libdeflate.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/param_build.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>

#include <array>
#include <climits>
#include <nlohmann/json.hpp>
#include <optional>

#include "text/base64.h"

namespace pxq::wire {
namespace {

constexpr size_t kNonceBytes = 12;
constexpr size_t kTagBytes = 16;
constexpr size_t kContentKeyBytes = 32;
// A key of 16384 bits in base64 with its names. It bounds what a stranger can make us parse.
constexpr size_t kLongestJwk = 8192;
constexpr int kLeastKeyBits = 2048;  // RFC 7518 4.3
constexpr int kMostKeyBits = 8192;   // beyond, one batch would cost a noticeable time
// Rows travel mostly within a machine or a rack: the fastest level takes most of the air out.
constexpr int kDeflateLevel = 1;

struct Free {
  void operator()(BIGNUM* number) const { BN_free(number); }
  void operator()(OSSL_PARAM_BLD* builder) const { OSSL_PARAM_BLD_free(builder); }
  void operator()(OSSL_PARAM* parameters) const { OSSL_PARAM_free(parameters); }
  void operator()(EVP_PKEY_CTX* context) const { EVP_PKEY_CTX_free(context); }
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
  void operator()(libdeflate_compressor* compressor) const {
    libdeflate_free_compressor(compressor);
  }
};

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytes_of(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

/// A content key that is wiped when it goes.
struct ContentKey {
  std::string bytes;
  ~ContentKey() { OPENSSL_cleanse(bytes.data(), bytes.size()); }
};

std::string text_of(const nlohmann::json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::unique_ptr<BIGNUM, Free> number_of(const nlohmann::json& jwk, const char* name) {
  const std::optional<std::string> bytes = decode_base64url(text_of(jwk, name));
  if (!bytes || bytes->empty()) return nullptr;
  return std::unique_ptr<BIGNUM, Free>(
      BN_bin2bn(bytes_of(std::string_view(*bytes)), static_cast<int>(bytes->size()), nullptr));
}

Key rsa_public_key(const nlohmann::json& jwk) {
  const auto modulus = number_of(jwk, "n");
  const auto exponent = number_of(jwk, "e");
  const std::unique_ptr<OSSL_PARAM_BLD, Free> builder(OSSL_PARAM_BLD_new());
  if (text_of(jwk, "kty") != "RSA" || !modulus || !exponent || !builder ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, modulus.get()) != 1 ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, exponent.get()) != 1) {
    return nullptr;
  }
  const int bits = BN_num_bits(modulus.get());
  if (bits < kLeastKeyBits || bits > kMostKeyBits || !BN_is_odd(exponent.get())) return nullptr;
  const std::unique_ptr<OSSL_PARAM, Free> parameters(OSSL_PARAM_BLD_to_param(builder.get()));
  const std::unique_ptr<EVP_PKEY_CTX, Free> context(
      EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr));
  EVP_PKEY* made = nullptr;
  if (!parameters || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &made, EVP_PKEY_PUBLIC_KEY, parameters.get()) != 1) {
    return nullptr;
  }
  return Key(made);
}

std::optional<CurvePoint> p256_point(const nlohmann::json& jwk) {
  if (text_of(jwk, "kty") != "EC" || text_of(jwk, "crv") != "P-256") return std::nullopt;
  std::optional<std::string> x = decode_base64url(text_of(jwk, "x"));
  std::optional<std::string> y = decode_base64url(text_of(jwk, "y"));
  if (!x || !y) return std::nullopt;
  CurvePoint point{*std::move(x), *std::move(y)};
  // What is no point of the curve shows when a key is agreed on with it.
  const Key trial = make_p256_key();
  if (!trial || !agree_on_key(*trial, point)) return std::nullopt;
  return point;
}

std::optional<std::string> wrap_key(EVP_PKEY& recipient, std::string_view content_key) {
  const std::unique_ptr<EVP_PKEY_CTX, Free> context(EVP_PKEY_CTX_new(&recipient, nullptr));
  std::string wrapped(static_cast<size_t>(EVP_PKEY_get_size(&recipient)), '\0');
  size_t size = wrapped.size();
  if (!context || EVP_PKEY_encrypt_init(context.get()) != 1 ||
      EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_OAEP_PADDING) != 1 ||
      EVP_PKEY_CTX_set_rsa_oaep_md(context.get(), EVP_sha256()) != 1 ||
      EVP_PKEY_CTX_set_rsa_mgf1_md(context.get(), EVP_sha256()) != 1 ||
      EVP_PKEY_encrypt(context.get(), bytes_of(wrapped), &size, bytes_of(content_key),
                       content_key.size()) != 1) {
    return std::nullopt;
  }
  wrapped.resize(size);
  return wrapped;
}

std::optional<std::string> deflate_raw(std::string_view plain) {
  thread_local const std::unique_ptr<libdeflate_compressor, Free> compressor(
      libdeflate_alloc_compressor(kDeflateLevel));
  if (!compressor) return std::nullopt;
  std::string deflated(libdeflate_deflate_compress_bound(compressor.get(), plain.size()), '\0');
  deflated.resize(libdeflate_deflate_compress(compressor.get(), plain.data(), plain.size(),
                                              deflated.data(), deflated.size()));
  if (deflated.empty()) return std::nullopt;
  return deflated;
}

struct Encrypted {
  std::string nonce = std::string(kNonceBytes, '\0');
  std::string text = {};
  std::string tag = std::string(kTagBytes, '\0');
};

/// AES-256-GCM with a nonce of chance; the key is used once.
std::optional<Encrypted> encrypt(std::string_view key, std::string_view header,
                                 std::string_view plain) {
  Encrypted made;
  made.text.resize(plain.size());
  const std::unique_ptr<EVP_CIPHER_CTX, Free> context(EVP_CIPHER_CTX_new());
  int size = 0;
  int rest = 0;
  if (plain.size() > INT_MAX || !context || RAND_bytes(bytes_of(made.nonce), kNonceBytes) != 1 ||
      EVP_EncryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, bytes_of(key),
                         bytes_of(std::string_view(made.nonce))) != 1 ||
      EVP_EncryptUpdate(context.get(), nullptr, &rest, bytes_of(header),
                        static_cast<int>(header.size())) != 1 ||
      EVP_EncryptUpdate(context.get(), bytes_of(made.text), &size, bytes_of(plain),
                        static_cast<int>(plain.size())) != 1 ||
      EVP_EncryptFinal_ex(context.get(), bytes_of(made.text) + size, &rest) != 1 ||
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, kTagBytes, made.tag.data()) != 1) {
    return std::nullopt;
  }
  return made;
}

Status no_key(KeyAgreement agreement) {
  return {Code::kUsage,
          agreement == KeyAgreement::kEcdh
              ? "the key to encrypt for is no public JWK of the curve P-256"
              : fmt::format("the key to encrypt for is no public RSA JWK of {} to {} bits",
                            kLeastKeyBits, kMostKeyBits)};
}

Status no_algorithm(std::string_view what, std::string_view asked, std::string_view known) {
  return {Code::kUsage, fmt::format("rows cannot be sealed with the {} '{}', only with {}", what,
                                    asked.substr(0, 40), known)};
}

}  // namespace

Result<Sealer> Sealer::make(const SealRequest& request) {
  const bool ecdh = request.key_algorithm == algorithm_name(KeyAgreement::kEcdh);
  if (!ecdh && request.key_algorithm != algorithm_name(KeyAgreement::kRsa)) {
    return no_algorithm("key algorithm", request.key_algorithm, "RSA-OAEP-256 and ECDH-ES");
  }
  if (request.content_algorithm != kContentAlgorithm) {
    return no_algorithm("content algorithm", request.content_algorithm, kContentAlgorithm);
  }
  if (!request.compression.empty() && request.compression != kCompression) {
    return no_algorithm("compression", request.compression, kCompression);
  }
  const KeyAgreement agreement = ecdh ? KeyAgreement::kEcdh : KeyAgreement::kRsa;
  const bool deflates = !request.compression.empty();
  if (request.jwk.size() > kLongestJwk) return no_key(agreement);
  const nlohmann::json jwk = nlohmann::json::parse(request.jwk, nullptr, false);
  if (!jwk.is_object()) return no_key(agreement);
  if (ecdh) {
    std::optional<CurvePoint> point = p256_point(jwk);
    if (!point) return no_key(agreement);
    return Sealer(nullptr, *std::move(point), agreement, deflates);
  }
  Key key = rsa_public_key(jwk);
  if (!key) return no_key(agreement);
  return Sealer(std::move(key), {}, agreement, deflates);
}

Result<std::string> Sealer::seal(std::string_view rows) const {
  const Status failed(Code::kInternal, "rows could not be encrypted");
  nlohmann::ordered_json header = {{"alg", algorithm_name(agreement_)}, {"enc", kContentAlgorithm}};
  ContentKey content_key;
  std::string wrapped;
  if (agreement_ == KeyAgreement::kEcdh) {
    // A pair for this batch alone; its public half goes along.
    const Key ours = make_p256_key();
    std::optional<std::string> agreed = ours ? agree_on_key(*ours, point_) : std::nullopt;
    if (!agreed) return failed;
    content_key.bytes = *std::move(agreed);
    header["epk"] = nlohmann::ordered_json::parse(to_ec_jwk(*ours));
  } else {
    content_key.bytes.resize(kContentKeyBytes);
    if (RAND_bytes(bytes_of(content_key.bytes), kContentKeyBytes) != 1) return failed;
    std::optional<std::string> sealed_key = wrap_key(*recipient_, content_key.bytes);
    if (!sealed_key) return failed;
    wrapped = *std::move(sealed_key);
  }
  if (deflates_) header["zip"] = kCompression;
  const std::optional<std::string> deflated = deflates_ ? deflate_raw(rows) : std::string();
  if (!deflated) return failed;
  const std::string head = to_base64url(header.dump());
  const std::optional<Encrypted> encrypted =
      encrypt(content_key.bytes, head, deflates_ ? std::string_view(*deflated) : rows);
  if (!encrypted) return failed;
  return fmt::format("{}.{}.{}.{}.{}", head, to_base64url(wrapped), to_base64url(encrypted->nonce),
                     to_base64url(encrypted->text), to_base64url(encrypted->tag));
}

}  // namespace pxq::wire
