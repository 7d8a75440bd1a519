#pragma once

#include <functional>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "model/row_batch.h"
#include "model/schema.h"
#include "sink/result_sink.h"
#include "sink/summary.h"

namespace pxq::fake {

/// One value, owned: what a batch's cell was when the sink saw it.
using Cell = std::variant<bool, int64_t, Uint128, double, std::string, Time64>;

/// A table as a sink received it, with its rows copied out of the batches.
struct RecordedTable {
  Schema schema;
  const Schema* address = nullptr;  // tells tables apart, as sinks do
  std::vector<std::vector<Cell>> rows;
  std::vector<size_t> batch_rows;  // rows of each batch, in order of arrival
  bool eos = false;
};

/// How a sink answers whoever drives it.
struct SinkAnswers {
  std::function<Status()> status = [] { return Status(); };
  std::function<bool()> satisfied = [] { return false; };
};

/// A ResultSink that remembers every call. Values are copied, so they outlive the batches.
class RecordingSink final : public ResultSink {
 public:
  SinkAnswers answers;

  void begin(const Schema& schema) override {
    calls_.push_back("begin " + schema.name);
    tables_.push_back({.schema = schema, .address = &schema, .rows = {}, .batch_rows = {}});
  }

  void rows(const Schema& schema, const RowBatch& batch) override {
    calls_.push_back("rows " + schema.name + " " + std::to_string(batch.num_rows));
    for (RecordedTable& table : tables_) {
      if (table.address == &schema) copy(batch, table);
    }
  }

  void end(const Summary& summary) override {
    calls_.push_back("end");
    summaries_.push_back(summary);
  }

  const Status& status() const override { return status_ = answers.status(); }
  bool satisfied() const override { return answers.satisfied(); }

  /// "begin NAME", "rows NAME COUNT", "end", in the order of the calls.
  const std::vector<std::string>& calls() const { return calls_; }
  const std::vector<RecordedTable>& tables() const { return tables_; }

  /// One element for each end(): more or fewer than one is the driver's defect.
  const std::vector<Summary>& summaries() const { return summaries_; }

 private:
  static Cell cell(const Column& column, size_t row) {
    return std::visit(
        [row](const auto& values) -> Cell {
          using Values = std::decay_t<decltype(values)>;
          if constexpr (std::is_same_v<Values, BooleanColumn>) {
            return Cell(std::in_place_type<bool>, values.at(row) != 0);
          } else if constexpr (std::is_same_v<Values, StringColumn>) {
            return Cell(std::in_place_type<std::string>, values.at(row));
          } else {
            return Cell(std::in_place_type<typename Values::value_type>, values.at(row));
          }
        },
        column);
  }

  static void copy(const RowBatch& batch, RecordedTable& table) {
    table.batch_rows.push_back(batch.num_rows);
    table.eos = table.eos || batch.eos;
    for (size_t row = 0; row < batch.num_rows; ++row) {
      std::vector<Cell> cells;
      for (const Column& column : batch.columns) cells.push_back(cell(column, row));
      table.rows.push_back(std::move(cells));
    }
  }

  std::vector<std::string> calls_;
  std::vector<RecordedTable> tables_;
  std::vector<Summary> summaries_;
  mutable Status status_;
};

}  // namespace pxq::fake
