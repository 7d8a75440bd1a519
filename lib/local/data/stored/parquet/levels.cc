#include "local/data/stored/parquet/levels.h"

#include <algorithm>
#include <cstring>

#include "local/data/stored/parquet/compact_reader.h"

namespace pxq::local::parquet {
namespace {

/// Values of `bits` bits each, the lowest first. REQUIRES: all of them are in `packed`.
void append_packed(std::string_view packed, uint32_t bits, size_t count,
                   std::vector<uint32_t>& to) {
  const uint64_t mask = (uint64_t{1} << bits) - 1;
  const size_t first = to.size();
  to.resize(first + count);
  for (size_t i = 0; i < count; ++i) {
    const size_t bit = i * bits;
    const size_t at = bit / 8;
    uint64_t word = 0;
    // Eight bytes hold any value wherever it begins; the last ones are fewer.
    if (packed.size() - at >= sizeof word) {
      std::memcpy(&word, packed.data() + at, sizeof word);
    } else {
      std::memcpy(&word, packed.data() + at, packed.size() - at);
    }
    to[first + i] = static_cast<uint32_t>(word >> (bit % 8) & mask);
  }
}

}  // namespace

bool read_runs(std::string_view bytes, uint32_t bits, size_t count, std::vector<uint32_t>& to) {
  if (bits > 32) return false;
  if (bits == 0) {
    to.insert(to.end(), count, 0);
    return true;
  }
  const size_t whole = (bits + 7) / 8;
  const uint64_t mask = (uint64_t{1} << bits) - 1;
  const size_t end = to.size() + count;
  to.reserve(end);
  while (to.size() < end) {
    const auto head = take_varint(bytes);
    if (!head) return false;
    if ((*head & 1) == 0) {
      if (bytes.size() < whole) return false;
      uint64_t value = 0;
      for (size_t i = 0; i < whole; ++i) {
        value |= uint64_t{static_cast<uint8_t>(bytes[i])} << (8 * i);
      }
      bytes.remove_prefix(whole);
      to.insert(to.end(), std::min<size_t>(*head >> 1, end - to.size()),
                static_cast<uint32_t>(value & mask));
      continue;
    }
    const uint64_t groups = *head >> 1;
    if (groups > bytes.size()) return false;  // each takes a byte for each bit
    const std::string_view packed = bytes.substr(0, groups * bits);
    const size_t values = std::min<size_t>(groups * 8, end - to.size());
    if ((values * bits + 7) / 8 > packed.size()) return false;
    append_packed(packed, bits, values, to);
    bytes.remove_prefix(packed.size());
  }
  return true;
}

}  // namespace pxq::local::parquet
