#pragma once

#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz/target.h"
#include "model/row_batch.h"

namespace pxq::fuzz {

inline bool equal_cells(const Column& one, const Column& other) {
  if (one.index() != other.index()) return false;
  const auto* doubles = std::get_if<Float64Column>(&one);
  if (doubles == nullptr) return one == other;
  const auto& others = std::get<Float64Column>(other);  // bit by bit: a NaN equals itself
  return doubles->size() == others.size() &&
         (doubles->empty() ||
          std::memcmp(doubles->data(), others.data(), doubles->size() * sizeof(double)) == 0);
}

inline bool equal_rows(const RowBatch& one, const RowBatch& other) {
  if (one.num_rows != other.num_rows || one.columns.size() != other.columns.size()) return false;
  for (size_t i = 0; i < one.columns.size(); ++i) {
    if (!equal_cells(one.columns[i], other.columns[i])) return false;
  }
  return true;
}

/// What the decoder promises of every batch that it lets through.
inline void expect_fits(const RowBatch& batch, const Schema& schema) {
  expect(batch.columns.size() == schema.columns.size(), "a batch has its schema's columns");
  for (size_t i = 0; i < batch.columns.size(); ++i) {
    expect(column_type(batch.columns[i]) == schema.columns[i].type, "a column has its type");
    expect(column_size(batch.columns[i]) == batch.num_rows, "a column has the batch's rows");
  }
}

}  // namespace pxq::fuzz
