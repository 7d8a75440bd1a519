#include "local/data/stored/held_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <type_traits>
#include <utility>

#include "model/time_order.h"

namespace pxq::local {
namespace {

// What a query may hold besides is as much again.
constexpr size_t kMostBytes = size_t{2} << 30;

size_t cell_bytes(const Column& column) {
  return std::visit(
      [](const auto& values) -> size_t {
        using Values = std::remove_cvref_t<decltype(values)>;
        size_t bytes = values.size() * sizeof(typename Values::value_type);
        if constexpr (std::is_same_v<Values, StringColumn>) {
          for (const std::string_view text : values) bytes += text.size();
        }
        return bytes;
      },
      column);
}

}  // namespace

size_t batch_bytes(const RowBatch& batch) {
  size_t bytes = 0;
  for (const Column& column : batch.columns) bytes += cell_bytes(column);
  return bytes;
}

RowRange rows_inside(const Time64Column& times, const TimeWindow& window) {
  const auto first = std::ranges::lower_bound(times, Time64{window.start_ns});
  const auto last = std::upper_bound(first, times.end(), Time64{window.end_ns});
  return {static_cast<size_t>(first - times.begin()), static_cast<size_t>(last - times.begin())};
}

HeldTable::HeldTable(Schema schema, std::string description, std::vector<RowBatch> batches)
    : schema_(std::move(schema)),
      description_(std::move(description)),
      batches_(std::move(batches)),
      time_(time_column(schema_.columns)) {
  for (const RowBatch& batch : batches_) {
    extent_.rows += batch.num_rows;
    extent_.bytes += batch_bytes(batch);
  }
  if (!time_ || batches_.empty()) return;
  extent_.times = TimeWindow{std::get<Time64Column>(batches_.front().columns[*time_]).front().ns,
                             std::get<Time64Column>(batches_.back().columns[*time_]).back().ns};
}

Status HeldTable::scan(const ScanRequest& request, RowReceiver& receiver) const {
  TimeWindow window = request.window;
  window.end_ns = std::min(window.end_ns, request.now_ns);
  for (const RowBatch& batch : batches_) {
    RowRange range{0, batch.num_rows};
    if (time_) range = rows_inside(std::get<Time64Column>(batch.columns[*time_]), window);
    if (range.begin >= range.end) continue;
    if (!receiver.rows(part_of(batch, request.columns, range.begin, range.end))) break;
  }
  return {};
}

void TableKeeper::begin(const Schema& schema) {
  Table table{&schema, schema, {}};
  size_t number = 1;
  const auto taken = [&] {
    return std::ranges::any_of(
        tables_, [&](const Table& other) { return other.schema.name == table.schema.name; });
  };
  while (taken()) table.schema.name = fmt::format("{}#{}", schema.name, ++number);
  tables_.push_back(std::move(table));
}

void TableKeeper::rows(const Schema& schema, const RowBatch& batch) {
  bytes_ += batch_bytes(batch);
  if (bytes_ > kMostBytes && status_.ok()) {
    status_ = {Code::kLimit,
               fmt::format("its tables need more than the {} MiB of memory that they may take",
                           kMostBytes >> 20)};
  }
  if (!status_.ok() || batch.num_rows == 0) return;
  std::ranges::find(tables_, &schema, &Table::announced)->batches.push_back(batch);
}

std::optional<TimeWindow> TableKeeper::add_to(TableSet& tables, const std::string& description) && {
  std::optional<TimeWindow> span;
  for (Table& table : tables_) {
    const std::optional<size_t> time = time_column(table.schema.columns);
    // Without times rows keep the order in which they came.
    auto batches = time ? ordered_by_time(std::move(table.batches), *time, kScanRows)
                        : cut_batches(std::move(table.batches), kScanRows);
    auto held =
        std::make_unique<HeldTable>(std::move(table.schema), description, std::move(batches));
    if (const auto times = held->extent()->times) span = span ? span->hull(*times) : *times;
    tables.add(std::move(held));
  }
  return span;
}

}  // namespace pxq::local
