#include "export/row_hash.h"

#include <algorithm>
#include <bit>
#include <string>
#include <variant>

#include "base/digest.h"

namespace pxq {
namespace {

void put(std::string& bytes, uint64_t value) {
  for (int shift = 0; shift < 64; shift += 8) bytes.push_back(static_cast<char>(value >> shift));
}

void put(std::string& bytes, uint8_t value) { bytes.push_back(static_cast<char>(value)); }
void put(std::string& bytes, int64_t value) { put(bytes, static_cast<uint64_t>(value)); }
void put(std::string& bytes, Uint128 value) {
  put(bytes, value.high);
  put(bytes, value.low);
}
void put(std::string& bytes, double value) { put(bytes, std::bit_cast<uint64_t>(value)); }
void put(std::string& bytes, std::string_view value) {
  put(bytes, static_cast<uint64_t>(value.size()));
  bytes.append(value);
}
void put(std::string& bytes, Time64 value) { put(bytes, value.ns); }

}  // namespace

RowHash row_hash(const RowBatch& batch, size_t row) {
  std::string bytes;
  for (const Column& column : batch.columns) {
    bytes.push_back(static_cast<char>(column.index()));
    std::visit([&](const auto& values) { put(bytes, values[row]); }, column);
  }
  const auto digest = sha256(bytes);
  RowHash hash;
  std::copy_n(digest.begin(), hash.size(), hash.begin());
  return hash;
}

}  // namespace pxq
