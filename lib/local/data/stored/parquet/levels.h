#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace pxq::local::parquet {

/// Reads `count` numbers of `bits` each from Parquet's hybrid of runs and packed groups; false
/// where the bytes end before.
bool read_runs(std::string_view bytes, uint32_t bits, size_t count, std::vector<uint32_t>& to);

}  // namespace pxq::local::parquet
