#include "shape/row_order.h"

#include <cmath>
#include <compare>
#include <string_view>
#include <type_traits>
#include <variant>

namespace pxq {
namespace {

struct Outcome {
  int order = 0;
  bool fixed = false;  // the same in either direction
};

template <typename Value>
Outcome compare(const Value& a, const Value& b) {
  if constexpr (std::is_same_v<Value, double>) {
    if (std::isnan(a) || std::isnan(b)) {
      return {static_cast<int>(std::isnan(a)) - static_cast<int>(std::isnan(b)), true};
    }
  }
  if (a < b) return {-1, false};
  return {b < a ? 1 : 0, false};
}

Outcome compare_cells(const Column& a, size_t a_row, const Column& b, size_t b_row) {
  return std::visit(
      [&](const auto& values) {
        using Values = std::remove_cvref_t<decltype(values)>;
        return compare(values[a_row], std::get<Values>(b)[b_row]);
      },
      a);
}

}  // namespace

int compare_rows(std::span<const SortColumn> by, const RowBatch& a, size_t a_row, const RowBatch& b,
                 size_t b_row) {
  for (const SortColumn& key : by) {
    const Outcome outcome =
        compare_cells(a.columns[key.column], a_row, b.columns[key.column], b_row);
    if (outcome.order == 0) continue;
    return key.descending && !outcome.fixed ? -outcome.order : outcome.order;
  }
  return 0;
}

size_t bytes_of(const RowBatch& batch) {
  size_t bytes = 0;
  for (const Column& column : batch.columns) {
    std::visit(
        [&](const auto& values) {
          using Values = std::remove_cvref_t<decltype(values)>;
          bytes += values.size() * sizeof(typename Values::value_type);
          if constexpr (std::is_same_v<Values, StringColumn>) {
            for (const std::string_view text : values) bytes += text.size();
          }
        },
        column);
  }
  return bytes;
}

RowBatch empty_like(const RowBatch& batch) {
  RowBatch empty;
  for (const Column& column : batch.columns) {
    empty.columns.push_back(make_column(column_type(column)));
  }
  return empty;
}

void append_row(const RowBatch& from, size_t row, RowBatch& to) {
  for (size_t i = 0; i < from.columns.size(); ++i) {
    std::visit(
        [&](const auto& values) {
          using Values = std::remove_cvref_t<decltype(values)>;
          std::get<Values>(to.columns[i]).push_back(values[row]);
        },
        from.columns[i]);
  }
  ++to.num_rows;
}

}  // namespace pxq
