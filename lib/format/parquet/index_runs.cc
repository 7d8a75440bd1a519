#include "format/parquet/index_runs.h"

#include <algorithm>
#include <vector>

namespace pxq::parquet {
namespace {

// Parquet packs indexes by groups of eight, so that a group always ends on a whole byte.
constexpr size_t kGroup = 8;

void append_varint(uint64_t value, std::string& out) {
  for (; value >= 0x80; value >>= 7) out.push_back(static_cast<char>(value | 0x80));
  out.push_back(static_cast<char>(value));
}

// `packed` is filled up to whole groups: a reader knows how many values there are.
void append_packed(std::vector<uint32_t>& packed, uint32_t bits, std::string& out) {
  if (packed.empty()) return;
  packed.resize((packed.size() + kGroup - 1) / kGroup * kGroup);
  append_varint(packed.size() / kGroup << 1 | 1, out);
  uint64_t waiting = 0;
  uint32_t count = 0;
  for (const uint32_t value : packed) {
    waiting |= uint64_t{value} << count;
    for (count += bits; count >= 8; count -= 8, waiting >>= 8) {
      out.push_back(static_cast<char>(waiting));
    }
  }
  packed.clear();
}

void append_run(size_t length, uint32_t value, uint32_t bits, std::string& out) {
  append_varint(uint64_t{length} << 1, out);
  for (uint32_t shift = 0; shift < bits; shift += 8) {
    out.push_back(static_cast<char>(value >> shift));
  }
}

}  // namespace

uint32_t index_bits(size_t count) {
  uint32_t bits = 1;
  while (count > size_t{1} << bits) ++bits;
  return bits;
}

void append_index_runs(std::span<const uint32_t> indices, uint32_t bits, std::string& out) {
  std::vector<uint32_t> packed;
  for (size_t i = 0; i < indices.size();) {
    const uint32_t value = indices[i];
    size_t run = 1;
    while (i + run < indices.size() && indices[i + run] == value) ++run;
    i += run;
    // Only whole groups may come before a run.
    const size_t fill = std::min(run, (kGroup - packed.size() % kGroup) % kGroup);
    packed.insert(packed.end(), fill, value);
    run -= fill;
    if (run >= kGroup) {
      append_packed(packed, bits, out);
      append_run(run, value, bits, out);
    } else {
      packed.insert(packed.end(), run, value);
    }
  }
  append_packed(packed, bits, out);
}

}  // namespace pxq::parquet
