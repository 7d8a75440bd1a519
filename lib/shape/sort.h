#pragma once

#include <functional>
#include <map>
#include <memory>
#include <vector>

#include "shape/row_order.h"
#include "shape/row_spill.h"
#include "shape/settled_stage.h"
#include "shape/shape.h"

namespace pxq {

struct SortOptions {
  std::vector<SortKey> keys = {};
  /// Rows of all tables that are kept in memory, in bytes; those beyond go to temporary files.
  size_t memory = size_t{64} << 20;
  /// Asked between batches of sorted rows: nobody wants the rest.
  std::function<bool()> enough = {};
};

/// Keeps all rows until the end and passes them on in order, table by table; rows that are equal
/// stay as they came. What came of a run that failed is passed on in order, too. A key that a table
/// has no column for is kUsage.
class Sort final : public SettledStage {
 public:
  Sort(SortOptions options, ResultSink& next);
  ~Sort() override;

 private:
  struct Table;

  Status admit(const Schema& schema) override;
  const Schema& admitted(const Schema& schema) override { return schema; }
  void take(const Schema& schema, const RowBatch& batch) override;
  void finish() override;

  Status spill(Table& table);
  Status spill_largest();
  void pass_on(Table& table);

  const SortOptions options_;
  std::vector<std::unique_ptr<Table>> tables_;  // in the order in which they were announced
  std::map<const Schema*, Table*> by_schema_;
  size_t bytes_ = 0;
};

}  // namespace pxq
