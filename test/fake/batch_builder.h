#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "model/row_batch.h"
#include "model/schema.h"
#include "sink/result_sink.h"

namespace pxq {

/// A table for tests, told as a story:
///
///   TableBuilder table("http_events");
///   table.column("time_", DataType::kTime64Ns).column("size", DataType::kInt64,
///                                                     SemanticType::kBytes);
///   table.row(Time64{1}, 12).row(Time64{2}, 34);
///   table.stream_to(sink, 7);  // begin(), rows() in batches of 7, the last with eos
///
/// A value that does not fit its column's type fails the test by an exception. The builder must
/// outlive the sink's end(), as its schema() is the one that the sink sees.
class TableBuilder {
 public:
  explicit TableBuilder(std::string name, std::string id = {})
      : schema_{.name = name, .id = id.empty() ? std::move(name) : std::move(id), .columns = {}} {}
  TableBuilder(const TableBuilder&) = delete;
  TableBuilder& operator=(const TableBuilder&) = delete;

  TableBuilder& column(std::string name, DataType type, SemanticType semantic = SemanticType::kNone,
                       std::string description = {}) {
    schema_.columns.push_back({std::move(name), type, semantic, std::move(description)});
    columns_.push_back(make_column(type));
    return *this;
  }

  template <typename... Values>
  TableBuilder& row(Values&&... values) {
    size_t index = 0;
    (add(columns_.at(index++), std::forward<Values>(values)), ...);
    if (index != columns_.size()) throw std::logic_error("row() needs a value for each column");
    ++num_rows_;
    return *this;
  }

  const Schema& schema() const { return schema_; }
  size_t num_rows() const { return num_rows_; }

  /// Rows first to first + count (or to the end) as a batch that owns its strings.
  RowBatch batch(size_t first = 0, size_t count = SIZE_MAX) const {
    first = std::min(first, num_rows_);
    count = std::min(count, num_rows_ - first);
    RowBatch cut;
    cut.num_rows = count;
    auto strings = std::make_shared<std::deque<std::string>>();
    for (const Column& column : columns_)
      cut.columns.push_back(slice(column, first, count, *strings));
    cut.storage = std::move(strings);
    return cut;
  }

  /// All rows in batches of `rows_each`; the last has eow and eos. Always at least one batch.
  std::vector<RowBatch> batches(size_t rows_each) const {
    std::vector<RowBatch> all;
    for (size_t first = 0; first < num_rows_; first += rows_each) {
      all.push_back(batch(first, rows_each));
    }
    if (all.empty()) all.push_back(batch());
    all.back().eow = true;
    all.back().eos = true;
    return all;
  }

  void stream_to(ResultSink& sink, size_t rows_each = 1024) const {
    sink.begin(schema_);
    for (const RowBatch& part : batches(rows_each)) sink.rows(schema_, part);
  }

 private:
  template <typename Value>
  void add(Column& column, Value&& value) {
    using Given = std::decay_t<Value>;
    if constexpr (std::is_same_v<Given, bool>) {
      std::get<BooleanColumn>(column).push_back(value ? 1 : 0);
    } else if constexpr (std::is_same_v<Given, Uint128>) {
      std::get<Uint128Column>(column).push_back(value);
    } else if constexpr (std::is_same_v<Given, Time64>) {
      std::get<Time64Column>(column).push_back(value);
    } else if constexpr (std::is_floating_point_v<Given>) {
      std::get<Float64Column>(column).push_back(static_cast<double>(value));
    } else if constexpr (std::is_integral_v<Given>) {
      std::get<Int64Column>(column).push_back(static_cast<int64_t>(value));
    } else {
      strings_.emplace_back(std::string_view(value));
      std::get<StringColumn>(column).push_back(strings_.back());
    }
  }

  static Column slice(const Column& column, size_t first, size_t count,
                      std::deque<std::string>& strings) {
    return std::visit(
        [&](const auto& values) -> Column {
          using Values = std::decay_t<decltype(values)>;
          const auto start = values.begin() + static_cast<std::ptrdiff_t>(first);
          Values cut(start, start + static_cast<std::ptrdiff_t>(count));
          if constexpr (std::is_same_v<Values, StringColumn>) {
            for (std::string_view& cell : cut) cell = strings.emplace_back(cell);
          }
          return cut;
        },
        column);
  }

  Schema schema_;
  std::vector<Column> columns_;
  std::deque<std::string> strings_;
  size_t num_rows_ = 0;
};

}  // namespace pxq
