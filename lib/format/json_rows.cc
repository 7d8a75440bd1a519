#include "format/json_rows.h"

#include "format/names.h"
#include "text/json.h"

namespace pxq {
namespace {

// Names are always in the reversible form, whatever happens to values: keys must stay unique.
std::string json_name(std::string_view name) {
  TextBuffer text;
  append_json_string(name, InvalidUtf8::kReversible, text);
  return std::string(text.view());
}

}  // namespace

JsonRows::JsonRows(const Schema& schema, const std::string& table_name,
                   const FormatOptions& options)
    : schema_(schema), table_name_(table_name), table_key_(options.table_key) {
  cells_.reserve(schema.columns.size());
  for (const ColumnInfo& column : schema.columns) {
    cells_.push_back({.lead = {}, .value = make_json_cells(column.type, options)});
  }
  prepare_leads();
}

void JsonRows::add_table_key() {
  if (table_key_) return;
  table_key_ = true;
  prepare_leads();
}

void JsonRows::prepare_leads() {
  std::string lead = "{";
  if (table_key_) {
    lead.append(json_name(kTableKey)).append(":").append(json_name(table_name_));
  }
  const std::vector<std::string> names = unique_column_names(schema_, table_key_);
  for (size_t i = 0; i < cells_.size(); ++i) {
    if (i != 0 || table_key_) lead.push_back(',');
    const std::string_view quote = cells_[i].value.in_quotes ? "\"" : "";
    cells_[i].lead = std::move(lead.append(json_name(names[i])).append(":").append(quote));
    lead = quote;
  }
  tail_ = std::move(lead.append("}"));
}

void JsonRows::bind(const RowBatch& batch) {
  for (size_t i = 0; i < cells_.size(); ++i) cells_[i].value.writer->bind(batch.columns[i]);
}

void JsonRows::write(size_t row, TextBuffer& out) {
  for (const Cell& cell : cells_) {
    out.append(cell.lead);
    cell.value.writer->write(row, out);
  }
  out.append(tail_);
}

}  // namespace pxq
