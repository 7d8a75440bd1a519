#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "local/data/stored/row_file.h"
#include "local/data/stored/stored_tables.h"
#include "local/data/stored/text_cells.h"

namespace pxq::local {

/// A cell of a line, before anybody knows its type.
struct TextCell {
  enum class Kind { kPlain, kText, kNothing };  // kText: a string of JSON, kNothing: its null
  std::string_view text;
  Kind kind = Kind::kPlain;
};

/// "1 field", "2 fields".
std::string counted(size_t number, std::string_view what);

/// Rows of one table of a text file on their way into the tables. Where nobody names the columns'
/// types, the file is read twice: the first time to find them out.
class TextTable {
 public:
  /// A table whose types are known.
  TextTable(const RowFile& file, StoredTables& tables, Schema schema);
  /// One whose types are to be guessed.
  TextTable(const RowFile& file, StoredTables& tables, std::string name,
            std::span<const std::string> columns);

  bool is_guessing() const { return !guesses_.empty(); }
  size_t columns() const { return schema_.columns.size(); }
  std::string_view column(size_t i) const { return schema_.columns[i].name; }

  /// `line` is that of the file, for messages. REQUIRES: a cell for each column.
  Status row(std::span<const TextCell> cells, uint64_t line);

  /// After the first reading: types are known now.
  void settle();
  /// After the last: the rows that are left.
  Status finish();

 private:
  Status refuse(size_t column, const TextCell& cell, uint64_t line) const;
  Status hand_on();

  const RowFile& file_;
  StoredTables& tables_;
  Schema schema_;
  std::vector<TypeGuess> guesses_;  // empty: types are known
  CellColumns cells_;
  std::optional<size_t> number_;
};

}  // namespace pxq::local
