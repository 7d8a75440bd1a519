#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "model/row_batch.h"
#include "model/schema.h"

namespace pxq::local {

/// Fills a table's columns value after value, row after row. REQUIRES: values come in the order and
/// with the types of the relation, and whole rows.
class RowBuilder {
 public:
  explicit RowBuilder(const std::vector<ColumnInfo>& relation) {
    for (const ColumnInfo& column : relation) batch_.columns.push_back(make_column(column.type));
  }

  /// Value is the element type of the column: int64_t, Time64, uint8_t for BOOLEAN and so on.
  template <typename Value>
  RowBuilder& add(Value value) {
    std::get<std::vector<Value>>(batch_.columns[next_]).push_back(value);
    if (++next_ == batch_.columns.size()) {
      next_ = 0;
      ++batch_.num_rows;
    }
    return *this;
  }

  RowBatch finish() && { return std::move(batch_); }

 private:
  RowBatch batch_;
  size_t next_ = 0;  // the column of the next value
};

}  // namespace pxq::local
