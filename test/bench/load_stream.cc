#include "bench/load_stream.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "bench/load_rows.h"
#include "bench/load_seal.h"
#include "vizierapi.pb.h"

namespace pxq::bench {
namespace {

namespace pb = px::api::vizierpb;

constexpr size_t kCycleBytes = 24u << 20;
constexpr uint64_t kMostBatches = 4096;
constexpr uint64_t kSealedBatches = 4;
constexpr std::string_view kQueryId = "11111111-2222-3333-4444-555555555555";

// Ids of one size, so that the length before a batch is the same for all tables.
std::string table_id(uint64_t index) { return fmt::format("table-{:08}", index); }

void append_varint(uint64_t value, std::string& out) {
  for (; value >= 0x80; value >>= 7) out.push_back(static_cast<char>(value | 0x80));
  out.push_back(static_cast<char>(value));
}

// The tag and length before a field that holds bytes.
void append_head(int field, size_t length, std::string& out) {
  append_varint(static_cast<uint64_t>(field) << 3 | 2, out);
  append_varint(length, out);
}

grpc::ByteBuffer in_one(const std::string& bytes) {
  const grpc::Slice slice(bytes);
  return grpc::ByteBuffer(&slice, 1);
}

grpc::ByteBuffer in_one(const google::protobuf::MessageLite& message) {
  return in_one(message.SerializeAsString());
}

// A response around columns that are serialised already: protobuf's fields may come in any order,
// so the table's id can follow them.
grpc::ByteBuffer data_message(const grpc::Slice& columns, std::string_view id) {
  std::string tail;
  append_head(pb::RowBatchData::kTableIdFieldNumber, id.size(), tail);
  tail.append(id);
  const size_t batch_size = columns.size() + tail.size();
  std::string batch_head;
  append_head(pb::QueryData::kBatchFieldNumber, batch_size, batch_head);
  std::string head;
  append_head(pb::ExecuteScriptResponse::kQueryIdFieldNumber, kQueryId.size(), head);
  head.append(kQueryId);
  append_head(pb::ExecuteScriptResponse::kDataFieldNumber, batch_head.size() + batch_size, head);
  head.append(batch_head);
  const std::array<grpc::Slice, 3> slices = {grpc::Slice(head), columns, grpc::Slice(tail)};
  return grpc::ByteBuffer(slices.data(), slices.size());
}

}  // namespace

LoadBatches::LoadBatches(const LoadSpec& spec) : spec_(spec) {
  size_t bytes = 0;
  const uint64_t wanted = std::max<uint64_t>(1, std::min(kMostBatches, spec.rows / spec.batch));
  while (columns_.size() < wanted && bytes < kCycleBytes) {
    columns_.emplace_back(
        load_rows(spec, columns_.size() * spec.batch, spec.batch).SerializeAsString());
    bytes += columns_.back().size();
  }
}

grpc::ByteBuffer LoadBatches::full(uint64_t number, std::string_view id) const {
  return data_message(columns_[number % columns_.size()], id);
}

grpc::ByteBuffer LoadBatches::partial(uint64_t rows, std::string_view id) const {
  return data_message(grpc::Slice(load_rows(spec_, 0, rows).SerializeAsString()), id);
}

LoadStream::LoadStream(LoadSpec spec, std::shared_ptr<const LoadBatches> batches, std::string jwk)
    : spec_(spec), batches_(std::move(batches)), jwk_(std::move(jwk)) {}

std::optional<grpc::ByteBuffer> LoadStream::next() {
  pb::ExecuteScriptResponse response;
  response.set_query_id(std::string(kQueryId));
  if (announced_ < spec_.tables) {
    const std::string name = announced_ == 0 ? "output" : fmt::format("output_{}", announced_);
    *response.mutable_meta_data() = load_metadata(spec_, name, table_id(announced_));
    ++announced_;
    return in_one(response);
  }
  if (rows_sent_ < spec_.rows) return next_batch();
  if (closed_ < spec_.tables) {
    pb::RowBatchData& batch = *response.mutable_data()->mutable_batch();
    batch = load_rows(spec_, 0, 0);
    batch.set_table_id(table_id(closed_++));
    batch.set_eow(true);
    batch.set_eos(true);
    return sealed(in_one(response));
  }
  if (stats_sent_) return std::nullopt;
  stats_sent_ = true;
  pb::QueryExecutionStats& stats = *response.mutable_data()->mutable_execution_stats();
  stats.mutable_timing()->set_execution_time_ns(5010);
  stats.set_records_processed(static_cast<int64_t>(spec_.rows));
  return in_one(response);
}

grpc::ByteBuffer LoadStream::next_batch() {
  const std::string id = table_id(batches_sent_ % spec_.tables);
  const uint64_t left = spec_.rows - rows_sent_;
  const uint64_t count = std::min(left, spec_.batch);
  rows_sent_ += count;
  const uint64_t number = batches_sent_++;
  if (count != spec_.batch) return sealed(batches_->partial(count, id));
  return jwk_.empty() ? batches_->full(number, id) : sealed_full(number % kSealedBatches, id);
}

grpc::ByteBuffer LoadStream::sealed(const grpc::ByteBuffer& message) const {
  return jwk_.empty() ? message : sealed_packed(packed(message));
}

std::string LoadStream::packed(const grpc::ByteBuffer& message) {
  pb::ExecuteScriptResponse response;
  response.ParseFromString(to_string(message));
  return pack(response.data().batch().SerializeAsString());
}

grpc::ByteBuffer LoadStream::sealed_packed(const std::string& packed) const {
  pb::ExecuteScriptResponse response;
  response.set_query_id(std::string(kQueryId));
  response.mutable_data()->set_encrypted_batch(seal(jwk_, packed));
  return in_one(response);
}

grpc::ByteBuffer LoadStream::sealed_full(uint64_t number, const std::string& table_id) {
  std::string& ready = packed_[fmt::format("{} {}", number, table_id)];
  if (ready.empty()) ready = packed(batches_->full(number, table_id));
  return sealed_packed(ready);
}

std::shared_ptr<const LoadBatches> LoadCache::batches(LoadSpec spec) {
  spec.tables = 1;  // one cycle serves any number of them
  const std::lock_guard lock(mutex_);
  std::shared_ptr<const LoadBatches>& batches = known_[to_text(spec)];
  if (!batches) batches = std::make_shared<const LoadBatches>(spec);
  return batches;
}

std::string to_string(const grpc::ByteBuffer& message) {
  std::vector<grpc::Slice> slices;
  std::string bytes;
  if (!message.Dump(&slices).ok()) return bytes;
  for (const grpc::Slice& slice : slices) {
    bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }
  return bytes;
}

}  // namespace pxq::bench
