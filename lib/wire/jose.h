#pragma once

#include <openssl/evp.h>

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "base/status.h"
#include "base/text_buffer.h"

/// The parts of JOSE (RFC 7515 to 7518) that rows are sealed in.
namespace pxq::wire {

/// The public half of an RSA key as a JWK; empty if it has none.
std::string to_jwk(const EVP_PKEY& key);

/// A compact JWE in its five parts; `header` is still encoded, as it is what is authenticated.
struct CompactJwe {
  std::string_view header;
  std::string key;
  std::string nonce;
  std::string ciphertext;
  std::string tag;
};

/// Takes a compact JWE apart; nothing if it is none. Blanks at its end do not count.
std::optional<CompactJwe> split_jwe(std::string_view sealed);

/// The content key, unwrapped by RSA-OAEP with SHA-256 for both digest and mask.
std::optional<std::string> unwrap_key(EVP_PKEY& key, std::string_view wrapped);

/// AES-256-GCM with a nonce of 96 and a tag of 128 bits; nothing when anything was altered. The
/// plain text takes the ciphertext's place.
std::optional<std::string> decrypt_content(CompactJwe&& jwe, std::string_view content_key);

/// Inflates raw DEFLATE of at most `max_bytes`: kLimit beyond, kIncomplete when damaged.
Result<TextBuffer> inflate_raw(std::string_view deflated, size_t max_bytes);

}  // namespace pxq::wire
