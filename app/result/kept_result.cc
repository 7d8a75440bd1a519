#include "result/kept_result.h"

#include <algorithm>
#include <variant>

namespace pxq {
namespace {

constexpr size_t kMostBytes = 32u << 20;

size_t bytes_of(const RowBatch& batch) {
  size_t bytes = 0;
  for (const Column& column : batch.columns) {
    bytes += column_size(column) * sizeof(std::string_view);
    const auto* strings = std::get_if<StringColumn>(&column);
    if (strings == nullptr) continue;
    for (const std::string_view cell : *strings) bytes += cell.size();
  }
  return bytes;
}

}  // namespace

void KeptResult::begin(const Schema& schema) {
  auto own = std::make_shared<const Schema>(schema);
  tables_.emplace_back(&schema, own);
  parts_.push_back({std::move(own), std::nullopt});
  next_.begin(schema);
}

void KeptResult::rows(const Schema& schema, const RowBatch& batch) {
  if (!too_large_) {
    bytes_ += bytes_of(batch);
    const auto table = std::ranges::find(
        tables_, &schema, &std::pair<const Schema*, std::shared_ptr<const Schema>>::first);
    parts_.push_back({table->second, batch});
    too_large_ = bytes_ > kMostBytes;
    if (too_large_) parts_.clear();
  }
  next_.rows(schema, batch);
}

void KeptResult::end(const Summary& summary) {
  summary_ = summary;
  next_.end(summary);
}

bool KeptResult::replay(ResultSink& sink) const {
  if (too_large_ || !summary_) return false;
  for (const Part& part : parts_) {
    if (part.batch) {
      sink.rows(*part.table, *part.batch);
    } else {
      sink.begin(*part.table);
    }
  }
  sink.end(*summary_);
  return true;
}

}  // namespace pxq
