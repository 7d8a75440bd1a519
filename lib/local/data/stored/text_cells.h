#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/row_batch.h"
#include "model/schema.h"

namespace pxq::local {

/// A moment as pxq writes it: RFC 3339 with any digits behind the second, `Z` or an offset, or a
/// count since 1970, whole or with a point. A count below 1e11 is of seconds, below 1e14 of
/// milliseconds, below 1e17 of microseconds, else of nanoseconds. Nothing for anything else.
std::optional<Time64> time_from(std::string_view text);

std::optional<Uint128> uuid_from(std::string_view text);
std::optional<double> double_from(std::string_view text);

/// Fills batches with cells that are written as text, in the order of a relation.
class CellColumns {
 public:
  explicit CellColumns(const std::vector<ColumnInfo>& relation);

  /// False where the text is none of the column's type.
  bool add(size_t column, std::string_view text);
  /// An integer as SQLite has it: also a boolean, a moment in ns, a double.
  bool add_integer(size_t column, int64_t value);
  bool add_double(size_t column, double value);
  /// No value: NaN among doubles, the empty text; false for other types, which have nothing alike.
  bool add_nothing(size_t column);
  void end_row() { ++rows_; }

  size_t rows() const { return rows_; }
  size_t bytes() const { return bytes_; }

  /// The rows so far, which are the batch's now.
  RowBatch take();

 private:
  struct Texts {
    std::string bytes;
    std::vector<size_t> ends;
  };

  std::vector<DataType> types_;
  std::vector<Column> columns_;
  std::vector<Texts> texts_;
  size_t rows_ = 0;
  size_t bytes_ = 0;
};

/// Finds out which type a column's cells have that nobody names: the first of BOOLEAN, INT64,
/// FLOAT64, TIME64NS and UINT128 that takes all of them, else STRING. Empty cells say nothing among
/// quoted texts, and are STRING otherwise.
class TypeGuess {
 public:
  /// `is_text`: it was a string of JSON, which is never a number.
  void look(std::string_view text, bool is_text);
  void look_nothing() { nothing_ = true; }
  DataType type() const;

 private:
  bool seen_ = false;
  bool nothing_ = false;
  bool boolean_ = true;
  bool int64_ = true;
  bool float64_ = true;
  bool time_ = true;
  bool uuid_ = true;
};

}  // namespace pxq::local
