#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "model/row_batch.h"

namespace pxq {

/// Identifies a row by all its values: the first 16 bytes of a SHA-256.
using RowHash = std::array<uint8_t, 16>;

/// Equal for rows with the same types and bytes, whatever batch they are in; 0.0 and -0.0 differ,
/// NaNs with the same bits do not. REQUIRES: row < batch.num_rows.
RowHash row_hash(const RowBatch& batch, size_t row);

}  // namespace pxq
