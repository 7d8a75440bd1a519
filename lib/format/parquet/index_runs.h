#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace pxq::parquet {

/// How many bits an index into a dictionary of `count` entries takes; at least one.
uint32_t index_bits(size_t count);

/// Appends indices as Parquet's hybrid of runs: eight or more equal ones as one run, the rest
/// packed to `bits` each, in groups of eight with the lowest bits first.
void append_index_runs(std::span<const uint32_t> indices, uint32_t bits, std::string& out);

}  // namespace pxq::parquet
