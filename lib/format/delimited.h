#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "format/cell_writer.h"
#include "format/format.h"
#include "format/plain_cells.h"
#include "format/sample.h"

namespace pxq {

/// Puts a string's bytes into a field as they are. True: all of them are ASCII; else some may not
/// be.
using AppendRaw = bool (*)(std::string_view bytes, TextBuffer& out);

/// What tells csv and tsv apart.
struct Dialect {
  std::string_view name;
  char separator;
  AppendRaw append_field;
  std::string_view lone_empty;    // stands for a line that would be empty although it has one field
  bool carriage_returns = false;  // before the end of each line
  std::string_view byte_order_mark = {};  // before all else in a file
};

/// One table as lines of separated fields below one header line, written as rows arrive (with
/// `human` after a sample of rows that chooses the units). A second table fails the output: two
/// headers in one file are no table.
class Delimited final : public ResultSink {
 public:
  Delimited(const Dialect& dialect, const FormatOptions& options, Output& output)
      : dialect_(dialect), options_(options), output_(output) {}

  void begin(const Schema& schema) override;
  void rows(const Schema& schema, const RowBatch& batch) override;
  void end(const Summary& summary) override;

 private:
  class RawText;

  void settle();
  std::unique_ptr<CellWriter> make_cells(size_t column);
  void count_odd_text();
  void write_sample();
  void write_rows(const RowBatch& batch);
  void write_header();
  void write_row(size_t row);
  size_t begin_line();
  void end_line(size_t line_start);

  const Dialect dialect_;
  const FormatOptions options_;
  Output& output_;
  const Schema* schema_ = nullptr;
  bool header_due_ = false;
  bool mark_due_ = true;
  bool settled_ = false;
  Sample sample_;
  std::vector<std::unique_ptr<CellWriter>> cells_;
  std::vector<std::pair<size_t, RawText*>> raw_;  // columns whose bytes are written as they are
};

}  // namespace pxq
