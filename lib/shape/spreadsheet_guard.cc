#include "shape/spreadsheet_guard.h"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string_view>
#include <variant>

#include "text/spreadsheet.h"

namespace pxq {
namespace {

constexpr int64_t kMostKept = 999'999'999'999'999;

/// Texts that were made here, and those of the batch that they came with.
struct Texts {
  std::shared_ptr<const void> received;
  std::deque<std::string> made;
};

bool is_harmful(std::string_view text) { return runs_as_formula(text) || loses_digits(text); }

std::string guarded(std::string_view text) { return "'" + std::string(text); }

template <typename Values, typename Judge>
uint64_t count_if(const Values& values, Judge judge) {
  return static_cast<uint64_t>(std::ranges::count_if(values, judge));
}

}  // namespace

void SpreadsheetGuard::Counter::add(const Schema& schema, size_t column, uint64_t cells) {
  if (cells == 0) return;
  const auto [place, is_new] = places.try_emplace({&schema, column}, found.size());
  if (is_new) found.push_back({schema.name, schema.columns[column].name, 0});
  found[place->second].cells += cells;
}

void SpreadsheetGuard::begin(const Schema& schema) {
  Schema& named = schemas_[&schema] = schema;
  for (ColumnInfo& column : named.columns) {
    if (is_harmful(column.name)) column.name = guarded(column.name);
  }
  next_.begin(named);
}

void SpreadsheetGuard::look_at(const Schema& schema, size_t column, const Column& cells,
                               bool& changes) {
  if (const auto* texts = std::get_if<StringColumn>(&cells)) {
    const uint64_t formulas = count_if(*texts, runs_as_formula);
    const uint64_t digits = count_if(*texts, loses_digits);
    formulas_.add(schema, column, formulas);
    digits_.add(schema, column, digits);
    changes = changes || formulas + digits != 0;
  } else if (const auto* numbers = std::get_if<Int64Column>(&cells)) {
    rounded_.add(schema, column, count_if(*numbers, [](int64_t number) {
                   return number > kMostKept || number < -kMostKept;
                 }));
  }
}

void SpreadsheetGuard::rows(const Schema& schema, const RowBatch& batch) {
  const Schema& named = schemas_.at(&schema);
  bool changes = false;
  for (size_t i = 0; i < batch.columns.size(); ++i) look_at(schema, i, batch.columns[i], changes);
  if (!changes) return next_.rows(named, batch);
  auto texts = std::make_shared<Texts>();
  texts->received = batch.storage;
  scratch_ = batch;
  for (Column& column : scratch_.columns) {
    auto* cells = std::get_if<StringColumn>(&column);
    if (cells == nullptr) continue;
    for (std::string_view& cell : *cells) {
      if (is_harmful(cell)) cell = texts->made.emplace_back(guarded(cell));
    }
  }
  scratch_.storage = std::move(texts);
  next_.rows(named, scratch_);
  scratch_ = {};
}

}  // namespace pxq
