#include "shape/column_changes.h"

#include <array>
#include <cmath>
#include <limits>
#include <memory>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>
#include <variant>

namespace pxq {
namespace {

// What Pixie's quantiles hold. The columns are these whatever the cells hold, as a table's columns
// never depend on its values.
constexpr std::array<std::string_view, 7> kShares = {"p01", "p10", "p25", "p50",
                                                     "p75", "p90", "p99"};

using Numbers = std::array<double, kShares.size()>;

nlohmann::json parsed(std::string_view text) {
  return nlohmann::json::parse(text.begin(), text.end(), nullptr, /*allow_exceptions=*/false);
}

Numbers numbers_of(std::string_view text) {
  Numbers numbers;
  numbers.fill(std::numeric_limits<double>::quiet_NaN());
  const nlohmann::json object = parsed(text);
  if (!object.is_object()) return numbers;
  for (size_t i = 0; i < kShares.size(); ++i) {
    const auto value = object.find(kShares[i]);
    if (value != object.end() && value->is_number()) numbers[i] = value->get<double>();
  }
  return numbers;
}

// The label, or the text itself where it is no link.
std::string_view label_of(std::string_view text, std::deque<std::string>& labels) {
  const nlohmann::json link = parsed(text);
  if (!link.is_object()) return text;
  const auto label = link.find("label");
  if (label == link.end() || !label->is_string()) return text;
  return labels.emplace_back(label->get<std::string>());
}

/// Texts that were made here, and those of the batch that they came with.
struct Texts {
  std::shared_ptr<const void> received;
  std::deque<std::string> made;
};

bool is_quantiles(SemanticType semantic) {
  return semantic == SemanticType::kQuantiles || semantic == SemanticType::kDurationNsQuantiles;
}

ColumnInfo number_column(const ColumnInfo& column, std::string_view share) {
  const bool duration = column.semantic == SemanticType::kDurationNsQuantiles;
  return {.name = column.name + "_" + std::string(share),
          .type = DataType::kFloat64,
          .semantic = duration ? SemanticType::kDurationNs : SemanticType::kNone,
          .description = column.description};
}

}  // namespace

ColumnChanges::Change ColumnChanges::change_of(const ColumnInfo& column) const {
  if (column.type != DataType::kString) return Change::kNone;
  if (expand_ && is_quantiles(column.semantic)) return Change::kQuantiles;
  if (labels_ && column.semantic == SemanticType::kScriptReference) return Change::kLabel;
  return Change::kNone;
}

Status ColumnChanges::admit(const Schema& schema) {
  Table& table = tables_[&schema];
  table.schema = {.name = schema.name, .id = schema.id, .columns = {}};
  for (const ColumnInfo& column : schema.columns) {
    const Change change = table.changes.emplace_back(change_of(column));
    any_quantiles_ = any_quantiles_ || change == Change::kQuantiles;
    any_labels_ = any_labels_ || change == Change::kLabel;
    if (change != Change::kQuantiles) {
      table.schema.columns.push_back(column);
      if (change == Change::kLabel) table.schema.columns.back().semantic = SemanticType::kNone;
      continue;
    }
    for (const std::string_view share : kShares) {
      table.schema.columns.push_back(number_column(column, share));
    }
  }
  return {};
}

Status ColumnChanges::settled() {
  if (tables_.empty()) return {};
  if (expand_ && !any_quantiles_) {
    return {Code::kUsage, "--expand-quantiles changes nothing: no table has a column of quantiles",
            "px.quantiles makes one"};
  }
  if (labels_ && !any_labels_) {
    return {Code::kUsage, "--script-labels changes nothing: no table has links to scripts",
            "px.script_reference makes them"};
  }
  return {};
}

void ColumnChanges::take(const Schema& schema, const RowBatch& batch) {
  Table& table = tables_.at(&schema);
  auto texts = std::make_shared<Texts>();
  texts->received = batch.storage;
  scratch_ = {};
  for (size_t i = 0; i < batch.columns.size(); ++i) {
    const auto* strings = std::get_if<StringColumn>(&batch.columns[i]);
    if (strings == nullptr || table.changes[i] == Change::kNone) {
      scratch_.columns.push_back(batch.columns[i]);
    } else if (table.changes[i] == Change::kQuantiles) {
      add_numbers(table, schema, i, *strings);
    } else {
      StringColumn labels;
      labels.reserve(strings->size());
      for (const std::string_view text : *strings) labels.push_back(label_of(text, texts->made));
      scratch_.columns.emplace_back(std::move(labels));
    }
  }
  scratch_.num_rows = batch.num_rows;
  scratch_.eow = batch.eow;
  scratch_.eos = batch.eos;
  scratch_.storage = std::move(texts);
  next().rows(table.schema, scratch_);
  scratch_.storage.reset();
}

void ColumnChanges::add_numbers(Table& table, const Schema& schema, size_t column,
                                const StringColumn& texts) {
  std::array<Float64Column, kShares.size()> columns;
  uint64_t odd = 0;
  for (const std::string_view text : texts) {
    const Numbers numbers = numbers_of(text);
    bool whole = true;
    for (size_t i = 0; i < numbers.size(); ++i) {
      whole = whole && !std::isnan(numbers[i]);
      columns[i].push_back(numbers[i]);
    }
    odd += whole ? 0 : 1;
  }
  for (Float64Column& one : columns) scratch_.columns.emplace_back(std::move(one));
  if (odd == 0) return;
  const auto [place, is_new] = table.odd.try_emplace(column, odd_.size());
  if (is_new) odd_.push_back({schema.name, schema.columns[column].name, 0});
  odd_[place->second].cells += odd;
}

}  // namespace pxq
