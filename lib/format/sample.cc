#include "format/sample.h"

#include <algorithm>
#include <cmath>

namespace pxq {
namespace {

constexpr size_t kMostRows = 1000;
constexpr size_t kMostBytes = 4 << 20;

size_t text_bytes(const RowBatch& batch, size_t row) {
  size_t bytes = 0;
  for (const Column& column : batch.columns) {
    if (const auto* strings = std::get_if<StringColumn>(&column)) bytes += (*strings)[row].size();
  }
  return bytes;
}

size_t all_bytes(const RowBatch& batch) {
  constexpr size_t kCell = 16;  // a number, or where a text stands
  size_t bytes = batch.num_rows * batch.columns.size() * kCell;
  for (size_t row = 0; row < batch.num_rows; ++row) bytes += text_bytes(batch, row);
  return bytes;
}

void gather(const Column& column, size_t rows, std::vector<double>& magnitudes) {
  const auto add = [&](double value) {
    if (value != 0 && std::isfinite(value)) magnitudes.push_back(std::abs(value));
  };
  for (size_t row = 0; row < rows; ++row) {
    if (const auto* whole = std::get_if<Int64Column>(&column)) {
      add(static_cast<double>((*whole)[row]));
    } else if (const auto* real = std::get_if<Float64Column>(&column)) {
      add((*real)[row]);
    }
  }
}

}  // namespace

void Sample::add(const RowBatch& batch) {
  size_t count = 0;
  for (; count < batch.num_rows; ++count) {
    past_end_ = past_end_ || rows_ == kMostRows || bytes_ >= kMostBytes;
    if (past_end_) break;
    bytes_ += text_bytes(batch, count);
    ++rows_;
  }
  if (batch.num_rows == 0) return;
  kept_bytes_ += all_bytes(batch);
  kept_rows_ += batch.num_rows;
  batches_.push_back(batch);
  counts_.push_back(count);
}

Magnitudes Sample::magnitudes(size_t column) const {
  std::vector<double> magnitudes;
  for_each(
      [&](const RowBatch& batch, size_t rows) { gather(batch.columns[column], rows, magnitudes); });
  if (magnitudes.empty()) return {};
  const auto [least, most] = std::minmax_element(magnitudes.begin(), magnitudes.end());
  Magnitudes found{.typical = 0, .least = *least, .most = *most};
  const auto middle = magnitudes.begin() + static_cast<std::ptrdiff_t>(magnitudes.size() / 2);
  std::nth_element(magnitudes.begin(), middle, magnitudes.end());
  found.typical = *middle;
  return found;
}

void Sample::clear() { *this = Sample(); }

}  // namespace pxq
