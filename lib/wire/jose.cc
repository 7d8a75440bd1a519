#include "wire/jose.h"

#include <fmt/format.h>
#include <libdeflate.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/rsa.h>

#include <algorithm>
#include <climits>
#include <memory>
#include <nlohmann/json.hpp>

#include "text/base64.h"

namespace pxq::wire {
namespace {

constexpr size_t kNonceBytes = 12;
constexpr size_t kTagBytes = 16;
constexpr size_t kContentKeyBytes = 32;

struct FreeBignum {
  void operator()(BIGNUM* number) const { BN_free(number); }
};
struct FreeKeyContext {
  void operator()(EVP_PKEY_CTX* context) const { EVP_PKEY_CTX_free(context); }
};
struct FreeDecompressor {
  void operator()(libdeflate_decompressor* decompressor) const {
    libdeflate_free_decompressor(decompressor);
  }
};
struct FreeCipherContext {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytes_of(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

std::string number_text(const EVP_PKEY& key, const char* name) {
  BIGNUM* raw = nullptr;
  if (EVP_PKEY_get_bn_param(&key, name, &raw) != 1) return {};
  const std::unique_ptr<BIGNUM, FreeBignum> number(raw);
  std::string bytes(static_cast<size_t>(BN_num_bytes(raw)), '\0');
  BN_bn2bin(raw, bytes_of(bytes));
  return to_base64url(bytes);
}

}  // namespace

std::string to_jwk(const EVP_PKEY& key) {
  const std::string modulus = number_text(key, OSSL_PKEY_PARAM_RSA_N);
  const std::string exponent = number_text(key, OSSL_PKEY_PARAM_RSA_E);
  if (modulus.empty() || exponent.empty()) return {};
  return nlohmann::ordered_json{{"e", exponent}, {"kty", "RSA"}, {"n", modulus}}.dump();
}

std::optional<CompactJwe> split_jwe(std::string_view sealed) {
  sealed = sealed.substr(0, sealed.find_last_not_of(" \t\r\n") + 1);
  std::array<std::string_view, 5> parts;
  for (size_t i = 0; i < parts.size(); ++i) {
    const size_t dot = sealed.find('.');
    if ((dot == std::string_view::npos) != (i == parts.size() - 1)) return std::nullopt;
    parts[i] = sealed.substr(0, dot);
    if (dot != std::string_view::npos) sealed.remove_prefix(dot + 1);
  }
  std::optional<std::string> key = decode_base64url(parts[1]);
  std::optional<std::string> nonce = decode_base64url(parts[2]);
  std::optional<std::string> ciphertext = decode_base64url(parts[3]);
  std::optional<std::string> tag = decode_base64url(parts[4]);
  if (!key || !nonce || !ciphertext || !tag) return std::nullopt;
  return CompactJwe{parts[0], *std::move(key), *std::move(nonce), *std::move(ciphertext),
                    *std::move(tag)};
}

std::optional<std::string> unwrap_key(EVP_PKEY& key, std::string_view wrapped) {
  const std::unique_ptr<EVP_PKEY_CTX, FreeKeyContext> context(EVP_PKEY_CTX_new(&key, nullptr));
  if (!context || EVP_PKEY_decrypt_init(context.get()) != 1 ||
      EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_OAEP_PADDING) != 1 ||
      // RSA-OAEP-256 means SHA-256 for both; OpenSSL's own choice would be SHA-1.
      EVP_PKEY_CTX_set_rsa_oaep_md(context.get(), EVP_sha256()) != 1 ||
      EVP_PKEY_CTX_set_rsa_mgf1_md(context.get(), EVP_sha256()) != 1) {
    return std::nullopt;
  }
  std::string content_key(static_cast<size_t>(EVP_PKEY_get_size(&key)), '\0');
  size_t size = content_key.size();
  if (EVP_PKEY_decrypt(context.get(), bytes_of(content_key), &size, bytes_of(wrapped),
                       wrapped.size()) != 1 ||
      size != kContentKeyBytes) {
    OPENSSL_cleanse(content_key.data(), content_key.size());
    return std::nullopt;
  }
  content_key.resize(size);
  return content_key;
}

std::optional<std::string> decrypt_content(CompactJwe&& jwe, std::string_view content_key) {
  if (jwe.nonce.size() != kNonceBytes || jwe.tag.size() != kTagBytes) return std::nullopt;
  if (content_key.size() != kContentKeyBytes) return std::nullopt;
  // OpenSSL takes lengths as int.
  if (jwe.ciphertext.size() > INT_MAX || jwe.header.size() > INT_MAX) return std::nullopt;
  const std::unique_ptr<EVP_CIPHER_CTX, FreeCipherContext> context(EVP_CIPHER_CTX_new());
  // GCM is a stream: what comes out is as long as what goes in, and may take its place.
  std::string plain = std::move(jwe.ciphertext);
  int size = 0;
  int rest = 0;
  if (!context ||
      EVP_DecryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, bytes_of(content_key),
                         bytes_of(std::string_view(jwe.nonce))) != 1 ||
      EVP_DecryptUpdate(context.get(), nullptr, &rest, bytes_of(jwe.header),
                        static_cast<int>(jwe.header.size())) != 1 ||
      EVP_DecryptUpdate(context.get(), bytes_of(plain), &size, bytes_of(std::string_view(plain)),
                        static_cast<int>(plain.size())) != 1 ||
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, static_cast<int>(jwe.tag.size()),
                          jwe.tag.data()) != 1 ||
      EVP_DecryptFinal_ex(context.get(), bytes_of(plain) + size, &rest) != 1) {
    return std::nullopt;
  }
  plain.resize(static_cast<size_t>(size + rest));
  return plain;
}

// libdeflate inflates in less than half of zlib's time, but only into room that is there. The room
// that sufficed last is the first guess for the next batch of a run, which is mostly as large.
Result<TextBuffer> inflate_raw(std::string_view deflated, size_t max_bytes) {
  thread_local const std::unique_ptr<libdeflate_decompressor, FreeDecompressor> decompressor(
      libdeflate_alloc_decompressor());
  thread_local size_t last_size = 0;
  if (!decompressor) return Status(Code::kLimit, "there is no memory to inflate encrypted rows");
  const size_t most = max_bytes + 1;  // one more tells what fits from what does not
  size_t room = std::min(most, std::max({size_t{64 * 1024}, 2 * deflated.size(), last_size}));
  while (true) {
    TextBuffer plain;
    char* const to = plain.reserve(room);
    size_t used = 0;
    size_t size = 0;
    const libdeflate_result result = libdeflate_deflate_decompress_ex(
        decompressor.get(), deflated.data(), deflated.size(), to, room, &used, &size);
    if (result == LIBDEFLATE_INSUFFICIENT_SPACE && room < most) {
      room = std::min(most, 2 * room);
      continue;
    }
    if (result == LIBDEFLATE_INSUFFICIENT_SPACE || (result == LIBDEFLATE_SUCCESS && size == most)) {
      return Status(Code::kLimit,
                    fmt::format("encrypted rows inflate to more than {} MiB", max_bytes >> 20));
    }
    if (result != LIBDEFLATE_SUCCESS || used != deflated.size()) {
      return Status(Code::kIncomplete, "encrypted rows are damaged: they do not inflate");
    }
    // An eighth more than this one took: batches of a run differ a little, and a second try would
    // inflate everything again.
    last_size = size + size / 8;
    plain.advance(size);
    return plain;
  }
}

}  // namespace pxq::wire
