#pragma once

#include "local/data/table_source.h"
#include "local/functions/function.h"

namespace pxq::local {

/// A table whose rows come into being as it is read: a sample of this moment, small enough to be
/// taken whole.
class SampledTable : public TableSource {
 public:
  Status scan(const ScanRequest& request, RowReceiver& receiver) const final;
  bool is_sample() const final { return true; }

 private:
  /// All columns of the relation, rows by ascending time_. Strings live in context.strings.
  virtual Result<RowBatch> sample(FunctionContext& context) const = 0;
};

}  // namespace pxq::local
