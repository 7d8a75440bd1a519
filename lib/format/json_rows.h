#pragma once

#include <string>
#include <vector>

#include "format/format.h"
#include "format/json_cells.h"

namespace pxq {

/// Writes a table's rows as JSON objects, `{"key":value,...}` without a line end. The keys, with
/// the commas and quotes around them, are prepared once. The schema must outlive it.
class JsonRows final {
 public:
  JsonRows(const Schema& schema, const std::string& table_name, const FormatOptions& options);

  /// From now on each object begins with the key `_table_`.
  void add_table_key();

  void bind(const RowBatch& batch);
  void write(size_t row, TextBuffer& out);

 private:
  struct Cell {
    std::string lead;  // `{"key":` or `,"key":`, with the quotes around values where all have them
    JsonCells value;
  };
  void prepare_leads();

  const Schema& schema_;
  std::string table_name_;
  bool table_key_;
  std::vector<Cell> cells_;
  std::string tail_;
};

}  // namespace pxq
