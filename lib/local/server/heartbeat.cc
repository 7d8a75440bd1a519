#include "local/server/heartbeat.h"

#include <chrono>

#include "local/server/encode.h"

namespace pxq::local {
namespace {

constexpr std::chrono::seconds kSilence{2};  // as long as an agent's idle sink waits

px::api::vizierpb::RowBatchData empty_batch(const px::api::vizierpb::QueryMetadata& table) {
  RowBatch batch;
  for (const auto& column : table.relation().columns()) {
    // Both enums are numbered alike.
    batch.columns.push_back(make_column(static_cast<DataType>(column.column_type())));
  }
  px::api::vizierpb::RowBatchData message;
  encode_batch(batch, table.id(), message);
  return message;
}

}  // namespace

void Heartbeat::sent(const Message& message) {
  last_ = MonotonicClock::now();
  query_id_ = message.query_id();
  if (message.has_meta_data()) open_.push_back(empty_batch(message.meta_data()));
  if (!message.data().has_batch() || !message.data().batch().eos()) return;
  std::erase_if(open_, [&](const auto& batch) {
    return batch.table_id() == message.data().batch().table_id();
  });
}

bool Heartbeat::due(Message& message) const {
  if (open_.empty() || MonotonicClock::now() - last_ < kSilence) return false;
  message.set_query_id(query_id_);
  *message.mutable_data()->mutable_batch() = open_.front();
  return true;
}

}  // namespace pxq::local
