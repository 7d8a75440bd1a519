#include "base/digest.h"

#include <openssl/evp.h>

#include <new>

namespace pxq {
namespace {

// OpenSSL fails here for want of memory alone. A sum that is none would be taken for one, and rows
// that were exported for others.
void require(bool done) {
  if (!done) throw std::bad_alloc();
}

}  // namespace

struct Sha256::State {
  EVP_MD_CTX* context = EVP_MD_CTX_new();

  State() {
    if (context != nullptr && EVP_DigestInit_ex(context, EVP_sha256(), nullptr) == 1) return;
    EVP_MD_CTX_free(context);
    require(false);
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() { EVP_MD_CTX_free(context); }
};

Sha256::Sha256() : state_(std::make_unique<State>()) {}
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

void Sha256::update(std::string_view bytes) {
  require(EVP_DigestUpdate(state_->context, bytes.data(), bytes.size()) == 1);
}

std::array<uint8_t, 32> Sha256::bytes() {
  std::array<uint8_t, 32> digest = {};
  require(EVP_DigestFinal_ex(state_->context, digest.data(), nullptr) == 1);
  return digest;
}

std::string Sha256::hex() { return hex_digits(bytes()); }

std::array<uint8_t, 32> sha256(std::string_view bytes) {
  Sha256 sum;
  sum.update(bytes);
  return sum.bytes();
}

std::string sha256_hex(std::string_view bytes) { return hex_digits(sha256(bytes)); }

std::string hex_digits(std::span<const uint8_t> bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (const uint8_t byte : bytes) {
    text.push_back(kDigits[byte >> 4]);
    text.push_back(kDigits[byte & 15]);
  }
  return text;
}

}  // namespace pxq
