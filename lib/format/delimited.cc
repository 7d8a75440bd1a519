#include "format/delimited.h"

#include <utility>

#include "format/human_cells.h"
#include "format/odd_text.h"
#include "format/one_table.h"
#include "text/base64.h"
#include "text/measure.h"
#include "text/utf8.h"

namespace pxq {
namespace {

/// Values with their unit, as in tables for people; such text never needs quotes.
class MeasuredFields final : public CellWriter {
 public:
  MeasuredFields(const ColumnInfo& column, const Magnitudes& magnitudes)
      : cells_(make_human_cells(column, magnitudes, utc_, Alignment::kNone)) {}

  void bind(const Column& column) override { cells_->bind(column); }
  void write(size_t row, TextBuffer& out) override { cells_->write(row, out); }

 private:
  const TimeZone utc_;
  std::unique_ptr<HumanCells> cells_;
};

/// Text that is made by `append` before it becomes a field.
template <typename Append>
std::unique_ptr<CellWriter> make_changed_text(AppendRaw append_field, Append append) {
  return make_cell_writer<StringColumn>(
      [append_field, append, scratch = std::make_shared<TextBuffer>()](std::string_view value,
                                                                       TextBuffer& out) {
        scratch->clear();
        append(value, *scratch);
        append_field(scratch->view(), out);
      });
}

bool is_measured(const ColumnInfo& column) {
  if (column.type == DataType::kUint128) return column.semantic == SemanticType::kUpid;
  const bool number = column.type == DataType::kInt64 || column.type == DataType::kFloat64;
  return number && quantity_of(column.semantic).has_value();
}

}  // namespace

/// Bytes as they are, and how many cells of a batch are not UTF-8. Whatever is ASCII is known to be
/// by having been written.
class Delimited::RawText final : public CellWriter {
 public:
  RawText(AppendRaw append, bool counts) : append_(append), counts_(counts) {}

  void bind(const Column& column) override { values_ = std::get_if<StringColumn>(&column)->data(); }
  void write(size_t row, TextBuffer& out) override {
    const std::string_view value = values_[row];
    if (value.empty()) return;
    if (append_(value, out) || !counts_) return;
    if (!is_utf8(value)) ++odd_;
  }

  uint64_t take_odd() { return std::exchange(odd_, 0); }

 private:
  const AppendRaw append_;
  const bool counts_;
  const std::string_view* values_ = nullptr;
  uint64_t odd_ = 0;
};

void Delimited::begin(const Schema& schema) {
  if (schema_ != nullptr)
    return output_.fail(two_tables(dialect_.name, dialect_.name, schema_->name, schema.name));
  schema_ = &schema;
  header_due_ = options_.header;
  if (!options_.human) settle();
}

// Chooses each column's writer: for good, as all rows of a table have the same form.
void Delimited::settle() {
  for (size_t i = 0; i < schema_->columns.size(); ++i) cells_.push_back(make_cells(i));
  settled_ = true;
}

std::unique_ptr<CellWriter> Delimited::make_cells(size_t column) {
  const ColumnInfo& info = schema_->columns[column];
  if (options_.human && is_measured(info)) {
    return std::make_unique<MeasuredFields>(info, sample_.magnitudes(column));
  }
  if (info.type != DataType::kString) return make_plain_cells(info.type, options_, nullptr);
  switch (options_.bytes) {
    case FormatOptions::Bytes::kBase64:
      return make_changed_text(dialect_.append_field, append_base64);
    case FormatOptions::Bytes::kReplace:
      return make_changed_text(dialect_.append_field, append_utf8);
    case FormatOptions::Bytes::kText: break;
  }
  auto raw = std::make_unique<RawText>(dialect_.append_field, options_.odd_text != nullptr);
  raw_.emplace_back(column, raw.get());
  return raw;
}

void Delimited::rows(const Schema& schema, const RowBatch& batch) {
  if (&schema != schema_) return;
  if (settled_) return write_rows(batch);
  sample_.add(batch);
  if (sample_.is_full()) write_sample();
}

void Delimited::write_sample() {
  settle();
  for (const RowBatch& batch : sample_.batches()) write_rows(batch);
  sample_.clear();
}

// The header waits for rows, so that a second table announced before them stops us in time.
void Delimited::write_rows(const RowBatch& batch) {
  if (batch.num_rows != 0) write_header();
  for (size_t i = 0; i < cells_.size(); ++i) cells_[i]->bind(batch.columns[i]);
  for (size_t row = 0; row < batch.num_rows; ++row) write_row(row);
  output_.flush();
  count_odd_text();
}

void Delimited::count_odd_text() {
  for (const auto& [column, text] : raw_) {
    if (const uint64_t odd = text->take_odd()) options_.odd_text->count(*schema_, column, odd);
  }
}

void Delimited::end(const Summary&) {
  if (schema_ != nullptr && !settled_) write_sample();
  const bool left_out = options_.skip_empty && mark_due_;
  if (!left_out) write_header();
  output_.flush();
}

void Delimited::write_header() {
  if (!header_due_ || schema_ == nullptr) return;
  header_due_ = false;
  const size_t start = begin_line();
  TextBuffer& text = output_.text();
  for (size_t i = 0; i < schema_->columns.size(); ++i) {
    if (i != 0) text.push_back(dialect_.separator);
    dialect_.append_field(schema_->columns[i].name, text);
  }
  end_line(start);
}

void Delimited::write_row(size_t row) {
  const size_t start = begin_line();
  TextBuffer& text = output_.text();
  for (size_t i = 0; i < cells_.size(); ++i) {
    if (i != 0) text.push_back(dialect_.separator);
    cells_[i]->write(row, text);
  }
  end_line(start);
}

// Before each line: what stands at a file's start comes with its first one.
size_t Delimited::begin_line() {
  TextBuffer& text = output_.text();
  if (mark_due_ && options_.begins) text.append(dialect_.byte_order_mark);
  mark_due_ = false;
  return text.size();
}

void Delimited::end_line(size_t line_start) {
  TextBuffer& text = output_.text();
  if (text.size() == line_start && cells_.size() == 1) text.append(dialect_.lone_empty);
  if (dialect_.carriage_returns) text.push_back('\r');
  text.push_back('\n');
  output_.commit();
}

}  // namespace pxq
