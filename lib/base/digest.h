#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace pxq {

/// SHA-256 of bytes that come in pieces. One thread.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;

  void update(std::string_view bytes);
  /// Ends the sum.
  std::array<uint8_t, 32> bytes();
  /// The same as 64 lower-case digits.
  std::string hex();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

std::array<uint8_t, 32> sha256(std::string_view bytes);
std::string sha256_hex(std::string_view bytes);

/// Two lower-case digits for each byte.
std::string hex_digits(std::span<const uint8_t> bytes);

}  // namespace pxq
