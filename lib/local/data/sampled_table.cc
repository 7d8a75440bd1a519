#include "local/data/sampled_table.h"

#include <algorithm>
#include <memory>
#include <type_traits>
#include <utility>

namespace pxq::local {
namespace {

const Time64Column* time_column(const std::vector<ColumnInfo>& relation, const RowBatch& batch) {
  for (size_t i = 0; i < relation.size(); ++i) {
    if (relation[i].name == "time_") return std::get_if<Time64Column>(&batch.columns[i]);
  }
  return nullptr;
}

/// The rows inside the window: times ascend.
std::pair<size_t, size_t> rows_inside(const Time64Column* times, size_t rows,
                                      const TimeWindow& window) {
  if (times == nullptr) return {0, rows};
  const auto first = std::ranges::lower_bound(*times, Time64{window.start_ns});
  const auto last = std::upper_bound(first, times->end(), Time64{window.end_ns});
  return {static_cast<size_t>(first - times->begin()), static_cast<size_t>(last - times->begin())};
}

Column part(const Column& column, size_t begin, size_t end) {
  return std::visit(
      [begin, end](const auto& values) -> Column {
        return std::remove_cvref_t<decltype(values)>(values.data() + begin, values.data() + end);
      },
      column);
}

}  // namespace

Status SampledTable::scan(const ScanRequest& request, RowReceiver& receiver) const {
  const auto strings = std::make_shared<StringArena>();
  FunctionContext context{.strings = strings.get(),
                          .now_ns = request.now_ns,
                          .asid = request.asid,
                          .cluster = request.cluster};
  const Result<RowBatch> all = sample(context);
  if (!all.ok()) return all.status();
  auto [begin, end] = rows_inside(time_column(relation(), *all), all->num_rows, request.window);
  while (begin < end) {
    const size_t next = std::min(end, begin + kScanRows);
    RowBatch batch;
    batch.num_rows = next - begin;
    batch.storage = strings;
    for (const size_t column : request.columns) {
      batch.columns.push_back(part(all->columns[column], begin, next));
    }
    if (!receiver.rows(std::move(batch))) return {};
    begin = next;
  }
  return {};
}

}  // namespace pxq::local
