#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <variant>
#include <vector>

#include "model/schema.h"

namespace pxq {

/// An unsigned 128-bit value as the wire carries it. A UPID has asid and pid in the two halves of
/// `high` and the process's start time in `low`.
struct Uint128 {
  uint64_t high = 0;
  uint64_t low = 0;

  auto operator<=>(const Uint128&) const = default;
};

/// Nanoseconds since 1970-01-01T00:00:00Z, before it when negative.
struct Time64 {
  int64_t ns = 0;

  auto operator<=>(const Time64&) const = default;
};

using BooleanColumn = std::vector<uint8_t>;  // 0 or 1
using Int64Column = std::vector<int64_t>;
using Uint128Column = std::vector<Uint128>;
using Float64Column = std::vector<double>;
using StringColumn = std::vector<std::string_view>;  // arbitrary bytes, owned by the batch
using Time64Column = std::vector<Time64>;

/// One column's values. A new alternative stops every visitor that forgot it from compiling.
using Column = std::variant<BooleanColumn, Int64Column, Uint128Column, Float64Column, StringColumn,
                            Time64Column>;

/// An empty column for `type`. REQUIRES: type != kUnknown.
Column make_column(DataType type);

DataType column_type(const Column& column);
size_t column_size(const Column& column);

/// Some rows of one table, by column. Every column has num_rows values of its schema's type. String
/// cells are views into bytes that `storage` keeps alive: copy the cell, or the batch, to keep it.
struct RowBatch {
  std::vector<Column> columns;
  size_t num_rows = 0;
  bool eow = false;  // end of a window; nothing here depends on it
  bool eos = false;  // no batch of this table follows
  std::shared_ptr<const void> storage;
};

}  // namespace pxq
