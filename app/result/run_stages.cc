#include "result/run_stages.h"

namespace pxq {

void RunColumn::begin(const Schema& schema) {
  Schema& widened = schemas_.emplace_back(schema);
  widened.columns.insert(widened.columns.begin(), {.name = "_run_",
                                                   .type = DataType::kTime64Ns,
                                                   .semantic = SemanticType::kTimeNs,
                                                   .description = "when the run began"});
  widened_[&schema] = &widened;
  next_.begin(widened);
}

void RunColumn::rows(const Schema& schema, const RowBatch& batch) {
  RowBatch widened = batch;
  widened.columns.insert(widened.columns.begin(),
                         Time64Column(batch.num_rows, Time64{started_ns_}));
  next_.rows(*widened_.at(&schema), widened);
}

}  // namespace pxq
