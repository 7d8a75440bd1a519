#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace pxq {

/// For each set of bytes of eight: where each byte of the output comes from, index 8 meaning the
/// escape byte that goes before a byte of the set.
constexpr std::array<std::array<uint8_t, 16>, 256> make_spreads() {
  std::array<std::array<uint8_t, 16>, 256> spreads{};
  for (size_t set = 0; set < 256; ++set) {
    size_t to = 0;
    for (uint8_t from = 0; from < 8; ++from) {
      if ((set >> from & 1) != 0) spreads[set][to++] = 8;
      spreads[set][to++] = from;
    }
  }
  return spreads;
}

alignas(16) inline constexpr std::array<std::array<uint8_t, 16>, 256> kSpreads = make_spreads();

}  // namespace pxq
