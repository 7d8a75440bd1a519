#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "model/row_batch.h"
#include "model/schema.h"

namespace pxq::local {

/// A column that several operators' outputs may share; it never changes.
using ColumnPtr = std::shared_ptr<const Column>;

/// The rows between two operators: every column has `rows` values. Strings belong to the query.
struct Frame {
  std::vector<ColumnPtr> columns;
  size_t rows = 0;
};

/// No row of the other side: gather_or_default() puts the type's default there.
inline constexpr uint32_t kNoRow = UINT32_MAX;

/// Row numbers are 32 bits wide and one value is taken.
inline constexpr size_t kMaxRows = UINT32_MAX - size_t{1};

Column gather(const Column& column, std::span<const uint32_t> rows);
Column gather_or_default(const Column& column, std::span<const uint32_t> rows);
Frame gather(const Frame& frame, std::span<const uint32_t> rows);

/// REQUIRES: begin + count <= the column's size.
Column slice(const Column& column, size_t begin, size_t count);

/// What one value takes in a column, a string's text left out.
size_t value_bytes(const Column& column);

/// The bytes of values begin to begin + count, with the texts of strings but not their views.
uint64_t payload_bytes(const Column& column, size_t begin, size_t count);

ColumnPtr share(Column&& column);

}  // namespace pxq::local
