#include "local/data/stored/row_text.h"

#include <fmt/format.h>

#include <utility>

#include "text/visible.h"

namespace pxq::local {
namespace {

constexpr size_t kMostOfBatch = size_t{8} << 20;  // of a batch

Schema untyped(std::string name, std::span<const std::string> columns) {
  Schema schema{std::move(name), {}, {}};
  for (const std::string& column : columns) {
    schema.columns.push_back({column, DataType::kString, SemanticType::kNone, {}});
  }
  return schema;
}

}  // namespace

std::string counted(size_t number, std::string_view what) {
  return fmt::format("{} {}{}", number, what, number == 1 ? "" : "s");
}

TextTable::TextTable(const RowFile& file, StoredTables& tables, Schema schema)
    : file_(file), tables_(tables), schema_(std::move(schema)), cells_(schema_.columns) {}

TextTable::TextTable(const RowFile& file, StoredTables& tables, std::string name,
                     std::span<const std::string> columns)
    : file_(file),
      tables_(tables),
      schema_(untyped(std::move(name), columns)),
      guesses_(columns.size()),
      cells_(schema_.columns) {}

Status TextTable::row(std::span<const TextCell> cells, uint64_t line) {
  for (size_t i = 0; i < cells.size(); ++i) {
    const TextCell& cell = cells[i];
    const bool nothing = cell.kind == TextCell::Kind::kNothing;
    if (is_guessing()) {
      if (nothing) {
        guesses_[i].look_nothing();
      } else {
        guesses_[i].look(cell.text, cell.kind == TextCell::Kind::kText);
      }
      continue;
    }
    const bool taken = nothing ? cells_.add_nothing(i) : cells_.add(i, cell.text);
    if (!taken) return refuse(i, cell, line);
  }
  if (is_guessing()) return {};
  cells_.end_row();
  return cells_.rows() >= kScanRows || cells_.bytes() >= kMostOfBatch ? hand_on() : Status();
}

Status TextTable::refuse(size_t column, const TextCell& cell, uint64_t line) const {
  constexpr size_t kShown = 40;
  const ColumnInfo& info = schema_.columns[column];
  const bool nothing = cell.kind == TextCell::Kind::kNothing;
  return {Code::kUsage,
          fmt::format("{}, line {}: {} is no {} for column '{}'", file_.path, line,
                      nothing ? "null" : "'" + visible(cell.text.substr(0, kShown)) + "'",
                      data_type_name(info.type), info.name),
          file_.schema_path.empty()
              ? "the schema that `--schema FILE` wrote beside the rows tells the types"
              : fmt::format("{} says so: is it of these rows?", file_.schema_path)};
}

void TextTable::settle() {
  for (size_t i = 0; i < guesses_.size(); ++i) schema_.columns[i].type = guesses_[i].type();
  guesses_.clear();
  cells_ = CellColumns(schema_.columns);
}

Status TextTable::hand_on() {
  if (!number_) {
    const Result<size_t> number = tables_.table(schema_, file_.path);
    if (!number.ok()) return number.status();
    number_ = *number;
  }
  const RowBatch batch = cells_.take();
  return batch.num_rows == 0 ? Status() : tables_.add_rows(*number_, batch);
}

Status TextTable::finish() { return hand_on(); }

}  // namespace pxq::local
