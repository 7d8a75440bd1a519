#pragma once

#include <deque>
#include <map>
#include <string>
#include <vector>

#include "model/row_batch.h"
#include "shape/settled_stage.h"
#include "shape/shape.h"

namespace pxq {

/// Replaces columns whose text is JSON by what programs can take: `latency` of quantiles by the
/// numbers `latency_p01` to `latency_p99` (NaN where a cell has none), links to scripts by their
/// labels. It is kUsage where no table has such a column.
class ColumnChanges final : public SettledStage {
 public:
  ColumnChanges(const Shape& shape, ResultSink& next)
      : SettledStage(next), expand_(shape.expand_quantiles), labels_(shape.script_labels) {}

  /// Columns with cells that lack some of the numbers.
  const std::vector<CellCount>& not_quantiles() const { return odd_; }

 private:
  enum class Change { kNone, kQuantiles, kLabel };
  struct Table {
    Schema schema;
    std::vector<Change> changes;   // of the columns as they come
    std::map<size_t, size_t> odd;  // by column, in odd_
  };

  Status admit(const Schema& schema) override;
  const Schema& admitted(const Schema& schema) override { return tables_.at(&schema).schema; }
  Status settled() override;
  void take(const Schema& schema, const RowBatch& batch) override;

  Change change_of(const ColumnInfo& column) const;
  void add_numbers(Table& table, const Schema& schema, size_t column, const StringColumn& texts);

  const bool expand_;
  const bool labels_;
  bool any_quantiles_ = false;
  bool any_labels_ = false;
  std::map<const Schema*, Table> tables_;
  std::vector<CellCount> odd_;
  RowBatch scratch_;
};

}  // namespace pxq
