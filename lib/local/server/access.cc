#include "local/server/access.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include <array>
#include <string_view>
#include <vector>

#include "base/digest.h"
#include "text/number.h"

namespace pxq::local {
namespace {

// Sums of equal length, so that the time it takes tells nothing of the key.
bool equal(std::string_view a, std::string_view b) {
  const std::array<uint8_t, 32> left = sha256(a);
  const std::array<uint8_t, 32> right = sha256(b);
  return CRYPTO_memcmp(left.data(), right.data(), left.size()) == 0;
}

std::string_view bearer_of(std::string_view header) {
  for (const std::string_view word : {"bearer ", "Bearer "}) {
    if (header.starts_with(word)) return header.substr(word.size());
  }
  return {};
}

}  // namespace

std::string random_uuid() {
  Uint128 chance;
  // It fails only where the machine has no chance to give, and then TLS does not work either.
  if (RAND_bytes(reinterpret_cast<unsigned char*>(&chance), sizeof chance) != 1) return {};
  chance.high = (chance.high & ~uint64_t{0xf000}) | 0x4000;              // the version
  chance.low = (chance.low & ~(uint64_t{3} << 62)) | uint64_t{1} << 63;  // the variant
  return uuid_text(chance);
}

Access::Access(Secret key) : key_(std::move(key)), token_(random_uuid()) {}

bool Access::is_key(std::string_view given) const {
  return is_open() || equal(given, key_.reveal());
}

grpc::Status Access::check(const grpc::ServerContext& context) const {
  std::vector<Header> headers;
  for (const auto& [name, value] : context.client_metadata()) {
    headers.emplace_back(std::string_view(name.data(), name.size()),
                         std::string_view(value.data(), value.size()));
  }
  return check(headers);
}

grpc::Status Access::check(std::span<const Header> headers) const {
  if (is_open()) return grpc::Status::OK;
  bool given = false;
  for (auto [header, key] : headers) {
    const bool bearer = header == "authorization";
    if (bearer) key = bearer_of(key);
    if (!bearer && header != "pixie-api-key" && header != "x-direct-vizier-key") continue;
    given = true;
    if (is_key(key) || (bearer && !token_.empty() && equal(key, token()))) return grpc::Status::OK;
  }
  return {grpc::StatusCode::UNAUTHENTICATED,
          given ? "the key is not the one that this server asks for"
                : "this server asks for a key and none was sent"};
}

}  // namespace pxq::local
