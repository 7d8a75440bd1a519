#pragma once

#include <deque>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "model/row_batch.h"
#include "shape/shape.h"
#include "sink/result_sink.h"

namespace pxq {

/// Puts `'` before text that a spreadsheet would run as a formula, or whose digits it would lose,
/// in cells and in columns' names, and counts it. Numbers stay as they are; those that a
/// spreadsheet rounds are counted.
class SpreadsheetGuard final : public ResultSink {
 public:
  explicit SpreadsheetGuard(ResultSink& next) : next_(next) {}

  void begin(const Schema& schema) override;
  void rows(const Schema& schema, const RowBatch& batch) override;
  void end(const Summary& summary) override { next_.end(summary); }

  const std::vector<CellCount>& formulas() const { return formulas_.found; }
  const std::vector<CellCount>& digits() const { return digits_.found; }
  /// Integers of more than 15 digits.
  const std::vector<CellCount>& rounded() const { return rounded_.found; }

 private:
  struct Counter {
    std::vector<CellCount> found;
    std::map<std::pair<const Schema*, size_t>, size_t> places;

    void add(const Schema& schema, size_t column, uint64_t cells);
  };

  void look_at(const Schema& schema, size_t column, const Column& cells, bool& changes);

  ResultSink& next_;
  std::map<const Schema*, Schema> schemas_;
  Counter formulas_;
  Counter digits_;
  Counter rounded_;
  RowBatch scratch_;
};

}  // namespace pxq
