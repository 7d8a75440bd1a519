#include "shape/settled_stage.h"

namespace pxq {

void SettledStage::begin(const Schema& schema) {
  if (!settled_) return waiting_.push_back(&schema);
  fail(admit(schema));
  if (status_.ok()) next_.begin(admitted(schema));
}

void SettledStage::settle() {
  settled_ = true;
  for (const Schema* schema : waiting_) fail(admit(*schema));
  fail(settled());
  if (!status_.ok()) return;
  for (const Schema* schema : waiting_) next_.begin(admitted(*schema));
}

void SettledStage::rows(const Schema& schema, const RowBatch& batch) {
  if (!settled_) settle();
  if (status_.ok()) take(schema, batch);
}

void SettledStage::end(const Summary& summary) {
  // A failure of the run itself says more than a table that it did not come to.
  if (!settled_ && (summary.status.ok() || !waiting_.empty())) settle();
  if (status_.ok()) finish();
  if (!summary.status.ok() || status_.ok()) return next_.end(summary);
  Summary failed = summary;
  failed.status = status_;
  next_.end(failed);
}

}  // namespace pxq
