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
  if (selection_.tables.empty()) return true;
  return std::ranges::find(selection_.tables, table) != selection_.tables.end() ||
         std::ranges::any_of(
             unresolved_, [&](const std::string& name) { return same_but_for_case(name, table); });
}

Status Select::no_table(const std::string& name) const {
  std::string hint = did_you_mean(name, seen_);
  if (hint.empty() && !seen_.empty())
    hint = fmt::format("its tables are {}", fmt::join(seen_, ", "));
  return {Code::kUsage, fmt::format("the script has no table '{}'", name), std::move(hint)};
}

void Select::choose_columns(const Schema& schema, Table& table) {
  std::vector<std::string_view> names;
  for (const ColumnInfo& column : schema.columns) names.push_back(column.name);
  std::vector<bool> dropped(schema.columns.size(), false);
  for (const std::string& name : selection_.columns) {
    const std::optional<std::string_view> meant = name_meant(name, names);
    size_t i = 0;
    while (i < names.size() && names[i] != meant) ++i;
    if (i == names.size()) {
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
  if (table.columns.empty() && !names.empty() && status_.ok()) {
    status_ =
        Status(Code::kUsage, fmt::format("--columns leaves no column of table '{}'", schema.name),
               fmt::format("its columns are {}", fmt::join(names, ", ")));
  }
}

void Select::begin(const Schema& schema) {
  seen_.push_back(schema.name);
  if (!settled_) return waiting_.push_back(&schema);
  if (!wanted(schema.name)) return;
  admit(schema);
  if (status_.ok()) next_.begin(tables_.back().schema);
}

// A table that is passed on, from now on.
void Select::admit(const Schema& schema) {
  Table& table = tables_.emplace_back();
  table.schema.name = schema.name;
  table.schema.id = schema.id;
  choose_columns(schema, table);
  for (const size_t column : table.columns) table.schema.columns.push_back(schema.columns[column]);
  by_schema_[&schema] = &table;
}

void Select::resolve_tables() {
  for (std::string& name : selection_.tables) {
    if (const auto meant = name_meant(name, seen_)) {
      name = *meant;
    } else if (name_meant(name, selection_.promised)) {
      unresolved_.push_back(name);
    } else if (status_.ok()) {
      status_ = no_table(name);
    }
  }
}

void Select::settle() {
  settled_ = true;
  resolve_tables();
  for (const Schema* schema : waiting_) {
    if (wanted(schema->name)) admit(*schema);
  }
  for (const Table& table : tables_) {
    if (status_.ok()) next_.begin(table.schema);
  }
}

void Select::rows(const Schema& schema, const RowBatch& batch) {
  if (!settled_) settle();
  const auto found = by_schema_.find(&schema);
  if (found == by_schema_.end() || !status_.ok()) return;
  Table& table = *found->second;
  uint64_t count = batch.num_rows;
  if (selection_.limit) count = std::min(count, *selection_.limit - table.rows);
  cut_ = cut_ || count != batch.num_rows;
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
  if (!settled_) settle();
  for (const std::string& name : selection_.tables) {
    if (status_.ok() && std::ranges::find(seen_, name) == seen_.end() && !name_meant(name, seen_)) {
      status_ = no_table(name);
    }
  }
  // A failure of the run itself says more than a table that it did not come to.
  if (!summary.status.ok() || status_.ok()) return next_.end(summary);
  Summary failed = summary;
  failed.status = status_;
  next_.end(failed);
}

}  // namespace pxq
