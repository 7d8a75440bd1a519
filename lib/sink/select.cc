#include "sink/select.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "base/suggest.h"

namespace pxq {
namespace {

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> parts;
  for (size_t start = 0; start <= text.size();) {
    const size_t comma = std::min(text.find(',', start), text.size());
    parts.emplace_back(text.substr(start, comma - start));
    start = comma + 1;
  }
  return parts;
}

// The first `count` values of a column. Views are copied, not what they point at.
Column head(const Column& column, size_t count) {
  return std::visit(
      [count](const auto& values) -> Column {
        using Values = std::decay_t<decltype(values)>;
        return Values(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(count));
      },
      column);
}

}  // namespace

Status parse_columns(std::string_view text, Selection& selection) {
  std::vector<std::string> names = split(text);
  const auto is_drop = [](const std::string& name) { return name.starts_with('-'); };
  const auto drops = std::count_if(names.begin(), names.end(), is_drop);
  if (drops != 0 && static_cast<size_t>(drops) != names.size()) {
    return {Code::kUsage, fmt::format("--columns '{}' both keeps and drops", text),
            "write a,b to keep or -a,-b to drop"};
  }
  selection.drop_columns = drops != 0;
  for (std::string& name : names) {
    if (selection.drop_columns) name.erase(0, 1);
    if (name.empty()) {
      return {Code::kUsage, fmt::format("--columns '{}' has an empty name", text)};
    }
    selection.columns.push_back(std::move(name));
  }
  return {};
}

Select::Select(Selection selection, ResultSink& next)
    : selection_(std::move(selection)), next_(next) {}

bool Select::wanted(const std::string& table) const {
  return selection_.tables.empty() || std::find(selection_.tables.begin(), selection_.tables.end(),
                                                table) != selection_.tables.end();
}

void Select::choose_columns(const Schema& schema, Table& table) {
  std::vector<bool> dropped(schema.columns.size(), false);
  for (const std::string& name : selection_.columns) {
    size_t i = 0;
    while (i < schema.columns.size() && schema.columns[i].name != name) ++i;
    if (i == schema.columns.size()) {
      std::vector<std::string> names;
      for (const ColumnInfo& column : schema.columns) names.push_back(column.name);
      std::string hint = did_you_mean(name, names);
      if (hint.empty()) hint = fmt::format("its columns are {}", fmt::join(names, ", "));
      if (status_.ok()) {
        status_ = Status(Code::kUsage,
                         fmt::format("no column '{}' in table '{}'", name, schema.name), hint);
      }
      return;
    }
    if (selection_.drop_columns) {
      dropped[i] = true;
    } else {
      table.columns.push_back(i);
    }
  }
  if (selection_.drop_columns || selection_.columns.empty()) {
    for (size_t i = 0; i < dropped.size(); ++i) {
      if (!dropped[i]) table.columns.push_back(i);
    }
  }
}

void Select::begin(const Schema& schema) {
  seen_.push_back(schema.name);
  if (!wanted(schema.name)) return;
  Table& table = tables_.emplace_back();
  table.schema.name = schema.name;
  table.schema.id = schema.id;
  choose_columns(schema, table);
  for (const size_t column : table.columns) table.schema.columns.push_back(schema.columns[column]);
  by_schema_[&schema] = &table;
  next_.begin(table.schema);
}

void Select::rows(const Schema& schema, const RowBatch& batch) {
  const auto found = by_schema_.find(&schema);
  if (found == by_schema_.end()) return;
  Table& table = *found->second;
  uint64_t count = batch.num_rows;
  if (selection_.limit) count = std::min(count, *selection_.limit - table.rows);
  table.rows += count;
  if (selection_.columns.empty() && count == batch.num_rows) {
    next_.rows(table.schema, batch);
  } else {
    pass_on(table, batch, static_cast<size_t>(count));
  }
}

void Select::pass_on(Table& table, const RowBatch& batch, size_t count) {
  scratch_.columns.clear();
  for (const size_t column : table.columns) {
    scratch_.columns.push_back(head(batch.columns[column], count));
  }
  scratch_.num_rows = count;
  scratch_.eow = batch.eow;
  scratch_.eos = batch.eos;
  scratch_.storage = batch.storage;
  next_.rows(table.schema, scratch_);
  scratch_.storage.reset();
}

bool Select::satisfied() const {
  return selection_.limit && !tables_.empty() &&
         std::all_of(tables_.begin(), tables_.end(),
                     [this](const Table& table) { return table.rows >= *selection_.limit; });
}

void Select::end(const Summary& summary) {
  if (summary.status.ok() && status_.ok()) {
    for (const std::string& name : selection_.tables) {
      if (std::find(seen_.begin(), seen_.end(), name) != seen_.end()) continue;
      std::string hint = did_you_mean(name, seen_);
      if (hint.empty()) hint = fmt::format("its tables are {}", fmt::join(seen_, ", "));
      status_ = Status(Code::kUsage, fmt::format("the script has no table '{}'", name), hint);
      break;
    }
  }
  if (status_.ok()) return next_.end(summary);
  Summary failed = summary;
  failed.status = status_;
  next_.end(failed);
}

}  // namespace pxq
