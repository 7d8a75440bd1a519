#include "local/server/heartbeat.h"

#include <chrono>

namespace pxq::local {
namespace {

constexpr std::chrono::seconds kSilence{2};  // as long as an agent's idle sink waits

QueryMessage empty_batch(const px::api::vizierpb::QueryMetadata& table,
                         const std::string& query_id) {
  RowBatch batch;
  for (const auto& column : table.relation().columns()) {
    // Both enums are numbered alike.
    batch.columns.push_back(make_column(static_cast<DataType>(column.column_type())));
  }
  return encode_batch(batch, table.id(), query_id);
}

}  // namespace

void Heartbeat::sent(const QueryMessage& message) {
  last_ = MonotonicClock::now();
  if (message.announced) open_.push_back(empty_batch(*message.announced, query_id_));
  if (!message.ends_table) return;
  std::erase_if(open_, [&](const auto& batch) { return batch.table_id == message.table_id; });
}

bool Heartbeat::due(QueryMessage& message) const {
  if (open_.empty() || MonotonicClock::now() - last_ < kSilence) return false;
  message = open_.front();
  return true;
}

}  // namespace pxq::local
