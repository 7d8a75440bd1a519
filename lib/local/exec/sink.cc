#include "local/exec/sink.h"

#include <algorithm>
#include <utility>

namespace pxq::local {

Status Sink::take(const Frame& frame) {
  for (size_t begin = 0; begin < frame.rows;) {
    if (next_.num_rows == kBatchRows) {
      if (Status status = give(false); !status.ok()) return status;
    }
    if (next_.columns.empty()) {
      for (const ColumnPtr& column : frame.columns) {
        next_.columns.push_back(make_column(column_type(*column)));
      }
    }
    if (memories_.empty() || memories_.back() != frame.memory) memories_.push_back(frame.memory);
    const size_t count = std::min(frame.rows - begin, kBatchRows - next_.num_rows);
    for (size_t i = 0; i < frame.columns.size(); ++i) {
      append(next_.columns[i], *frame.columns[i], begin, count);
    }
    next_.num_rows += count;
    begin += count;
  }
  return {};
}

Status Sink::finish(const std::vector<ColumnInfo>& relation) {
  if (next_.columns.empty()) {
    for (const ColumnInfo& column : relation) next_.columns.push_back(make_column(column.type));
  }
  return give(true);
}

Status Sink::give(bool last) {
  if (Status status = execution_.check(); !status.ok()) return status;
  next_.eow = next_.eos = last;
  // Functions may have answered with views of the cluster's state.
  memories_.push_back(execution_.functions.cluster);
  next_.storage = std::make_shared<const std::vector<std::shared_ptr<const void>>>(
      std::exchange(memories_, {}));
  if (receiver_.batch(number_, std::exchange(next_, {}))) return {};
  return {Code::kInterrupted, "the receiver of the rows ended the query"};
}

}  // namespace pxq::local
