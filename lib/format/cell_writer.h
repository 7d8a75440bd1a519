#pragma once

#include <cstddef>
#include <memory>
#include <utility>

#include "base/text_buffer.h"
#include "model/row_batch.h"

namespace pxq {

/// Writes the cells of one column; made once for a table, by the column's type. bind() a batch's
/// column, then write() any of its rows. REQUIRES: the column has the type it was made for, and
/// lives until the last write().
class CellWriter {
 public:
  CellWriter() = default;
  CellWriter(const CellWriter&) = delete;
  CellWriter& operator=(const CellWriter&) = delete;
  virtual ~CellWriter() = default;

  virtual void bind(const Column& column) = 0;
  virtual void write(size_t row, TextBuffer& out) = 0;
};

template <typename Values, typename Write>
class TypedCellWriter final : public CellWriter {
 public:
  explicit TypedCellWriter(Write how) : write_(std::move(how)) {}

  void bind(const Column& column) override { values_ = std::get_if<Values>(&column)->data(); }
  void write(size_t row, TextBuffer& out) override { write_(values_[row], out); }

 private:
  Write write_;
  const typename Values::value_type* values_ = nullptr;
};

/// A writer of columns of type Values by `write(value, out)`.
template <typename Values, typename Write>
std::unique_ptr<CellWriter> make_cell_writer(Write write) {
  return std::make_unique<TypedCellWriter<Values, Write>>(std::move(write));
}

}  // namespace pxq
