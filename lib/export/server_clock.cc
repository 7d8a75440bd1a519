#include "export/server_clock.h"

#include <utility>
#include <variant>

#include "base/wall_clock.h"
#include "script/clock_question.h"

namespace pxq {
namespace {

std::optional<int64_t> time_in(const RowBatch& batch) {
  if (batch.num_rows == 0 || batch.columns.size() != 1) return std::nullopt;
  if (const auto* times = std::get_if<Time64Column>(&batch.columns[0])) return (*times)[0].ns;
  if (const auto* numbers = std::get_if<Int64Column>(&batch.columns[0])) return (*numbers)[0];
  return std::nullopt;
}

}  // namespace

void ServerClock::begin(const Schema& schema) {
  if (clock_ == nullptr && schema.name == kClockTable) {
    clock_ = &schema;
  } else {
    next_.begin(schema);
  }
}

void ServerClock::rows(const Schema& schema, const RowBatch& batch) {
  if (&schema != clock_) return next_.rows(schema, batch);
  if (now_ns_) return;
  now_ns_ = time_in(batch);
  if (!now_ns_) return;
  const int64_t received_ns = wall_clock_ns();
  // The server read its clock after we sent and before we received; only what lies outside of that
  // is surely a difference between the clocks.
  ahead_ns_ = *now_ns_ > received_ns ? *now_ns_ - received_ns
              : *now_ns_ < sent_ns_  ? *now_ns_ - sent_ns_
                                     : 0;
  if (*now_ns_ < earliest_ns_ || *now_ns_ > latest_ns_) {
    status_ = {Code::kInternal, "the window was cut by another clock than the server's"};
  }
}

void ServerClock::end(const Summary& summary) { next_.end(without_clock(summary)); }

Summary without_clock(Summary summary) {
  std::erase_if(summary.tables,
                [](const TableSummary& table) { return table.name == kClockTable; });
  return summary;
}

}  // namespace pxq
