#include "local/data/stored/parquet/levels.h"

#include <algorithm>

#include "local/data/stored/parquet/compact_reader.h"

namespace pxq::local::parquet {

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
    uint64_t waiting = 0;
    uint32_t held = 0;
    size_t at = 0;
    for (uint64_t i = 0; i < groups * 8 && to.size() < end; ++i) {
      while (held < bits) {
        if (at == packed.size()) return false;
        waiting |= uint64_t{static_cast<uint8_t>(packed[at++])} << held;
        held += 8;
      }
      to.push_back(static_cast<uint32_t>(waiting & mask));
      waiting >>= bits;
      held -= bits;
    }
    bytes.remove_prefix(packed.size());
  }
  return true;
}

}  // namespace pxq::local::parquet
