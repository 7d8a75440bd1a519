#include "object/signature.h"

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <time.h>

#include <array>
#include <cstdint>
#include <new>
#include <span>
#include <vector>

#include "base/digest.h"

namespace pxq::object {
namespace {

constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256";

// Its result may be a key itself. It fails only for want of memory, and a key of nothing would be
// told as a wrong one.
std::string hmac_sha256(std::string_view key, std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest = {};
  unsigned size = 0;
  const unsigned char* made = ::HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
                                     reinterpret_cast<const unsigned char*>(text.data()),
                                     text.size(), digest.data(), &size);
  if (made == nullptr) throw std::bad_alloc();
  std::string bytes(reinterpret_cast<const char*>(digest.data()), size);
  OPENSSL_cleanse(digest.data(), digest.size());
  return bytes;
}

std::string hex(std::string_view bytes) {
  return hex_digits({reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()});
}

bool is_unreserved(char byte) {
  return (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') ||
         (byte >= '0' && byte <= '9') || byte == '-' || byte == '.' || byte == '_' || byte == '~';
}

// Runs of blanks count as one, those at the ends as none.
std::string canonical_value(std::string_view value) {
  std::string text;
  for (const char byte : value) {
    const bool blank = byte == ' ' || byte == '\t';
    if (blank && (text.empty() || text.back() == ' ')) continue;
    text += blank ? ' ' : byte;
  }
  if (text.ends_with(' ')) text.pop_back();
  return text;
}

std::string signed_names(const SignedParts& request) {
  std::string names;
  for (const auto& [name, value] : request.headers) {
    if (!names.empty()) names += ';';
    names += name;
  }
  return names;
}

std::string credential_scope(const SigningScope& scope) {
  return fmt::format("{}/{}/{}/aws4_request", scope.time.substr(0, 8), scope.region, scope.service);
}

}  // namespace

std::string uri_encoded(std::string_view text, bool keep_slashes) {
  std::string encoded;
  for (const char byte : text) {
    if (is_unreserved(byte) || (byte == '/' && keep_slashes)) {
      encoded += byte;
    } else {
      encoded += fmt::format("%{:02X}", static_cast<unsigned char>(byte));
    }
  }
  return encoded;
}

std::string query_text(const std::map<std::string, std::string>& query) {
  // By the encoded names, whose order may be another one.
  std::map<std::string, std::string> encoded;
  for (const auto& [name, value] : query) {
    encoded[uri_encoded(name, false)] = uri_encoded(value, false);
  }
  std::string text;
  for (const auto& [name, value] : encoded) {
    text += fmt::format("{}{}={}", text.empty() ? "" : "&", name, value);
  }
  return text;
}

std::string canonical_request(const SignedParts& request) {
  std::string text =
      fmt::format("{}\n{}\n{}\n", request.method, request.path, query_text(request.query));
  for (const auto& [name, value] : request.headers) {
    text += fmt::format("{}:{}\n", name, canonical_value(value));
  }
  return text + fmt::format("\n{}\n{}", signed_names(request), request.payload_hash);
}

std::string string_to_sign(const SignedParts& request, const SigningScope& scope) {
  return fmt::format("{}\n{}\n{}\n{}", kAlgorithm, scope.time, credential_scope(scope),
                     sha256_hex(canonical_request(request)));
}

std::string authorization(const SignedParts& request, const SigningScope& scope,
                          const Credentials& credentials) {
  Secret key("AWS4" + credentials.secret_key.reveal());
  for (const std::string_view part :
       {std::string_view(scope.time).substr(0, 8), std::string_view(scope.region),
        std::string_view(scope.service), std::string_view("aws4_request")}) {
    key = Secret(hmac_sha256(key.reveal(), part));
  }
  return fmt::format("{} Credential={}/{}, SignedHeaders={}, Signature={}", kAlgorithm,
                     credentials.access_key, credential_scope(scope), signed_names(request),
                     hex(hmac_sha256(key.reveal(), string_to_sign(request, scope))));
}

std::string signing_time(int64_t unix_ns) {
  const time_t seconds = unix_ns / 1'000'000'000;
  struct tm parts = {};
  ::gmtime_r(&seconds, &parts);
  return fmt::format("{:04}{:02}{:02}T{:02}{:02}{:02}Z", parts.tm_year + 1900, parts.tm_mon + 1,
                     parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec);
}

}  // namespace pxq::object
