#include "model/time_order.h"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <numeric>
#include <type_traits>
#include <utility>

namespace pxq {
namespace {

using Strings = std::vector<std::shared_ptr<const void>>;

const Time64Column& times_of(const RowBatch& batch, size_t time) {
  return std::get<Time64Column>(batch.columns[time]);
}

bool is_ordered(const std::vector<RowBatch>& batches, size_t time) {
  const Time64* last = nullptr;
  for (const RowBatch& batch : batches) {
    const Time64Column& times = times_of(batch, time);
    if (times.empty()) continue;
    if (last != nullptr && times.front() < *last) return false;
    if (!std::ranges::is_sorted(times)) return false;
    last = &times.back();
  }
  return true;
}

/// A row, by its batch and its place there.
struct Place {
  Time64 time;
  uint32_t batch;
  uint32_t row;
};

std::vector<Place> places_by_time(const std::vector<RowBatch>& batches, size_t time) {
  std::vector<Place> places;
  for (size_t i = 0; i < batches.size(); ++i) {
    const Time64Column& times = times_of(batches[i], time);
    for (size_t row = 0; row < times.size(); ++row) {
      places.push_back({times[row], static_cast<uint32_t>(i), static_cast<uint32_t>(row)});
    }
  }
  std::ranges::stable_sort(places, {}, &Place::time);
  return places;
}

Column gather(const std::vector<RowBatch>& batches, size_t column, std::span<const Place> places) {
  Column gathered = batches[places.front().batch].columns[column];
  std::visit(
      [&](auto& values) {
        using Values = std::remove_cvref_t<decltype(values)>;
        values.clear();
        for (const Place& place : places) {
          values.push_back(std::get<Values>(batches[place.batch].columns[column])[place.row]);
        }
      },
      gathered);
  return gathered;
}

}  // namespace

std::optional<size_t> time_column(const std::vector<ColumnInfo>& relation) {
  for (size_t i = 0; i < relation.size(); ++i) {
    if (relation[i].name == "time_" && relation[i].type == DataType::kTime64Ns) return i;
  }
  return std::nullopt;
}

RowBatch part_of(const RowBatch& batch, std::span<const size_t> columns, size_t begin, size_t end) {
  RowBatch part;
  part.num_rows = end - begin;
  part.storage = batch.storage;
  for (const size_t column : columns) {
    part.columns.push_back(std::visit(
        [begin, end](const auto& values) -> Column {
          return std::remove_cvref_t<decltype(values)>(values.data() + begin, values.data() + end);
        },
        batch.columns[column]));
  }
  return part;
}

std::vector<RowBatch> cut_batches(std::vector<RowBatch> batches, size_t rows_each) {
  std::vector<RowBatch> pieces;
  for (RowBatch& batch : batches) {
    if (batch.num_rows <= rows_each) {
      if (batch.num_rows > 0) pieces.push_back(std::move(batch));
      continue;
    }
    std::vector<size_t> all(batch.columns.size());
    std::iota(all.begin(), all.end(), size_t{0});
    for (size_t row = 0; row < batch.num_rows; row += rows_each) {
      pieces.push_back(part_of(batch, all, row, std::min(batch.num_rows, row + rows_each)));
    }
  }
  return pieces;
}

std::vector<RowBatch> ordered_by_time(std::vector<RowBatch> batches, size_t time,
                                      size_t rows_each) {
  if (is_ordered(batches, time)) return cut_batches(std::move(batches), rows_each);
  const std::vector<Place> places = places_by_time(batches, time);
  auto strings = std::make_shared<Strings>();
  for (const RowBatch& batch : batches) strings->push_back(batch.storage);
  std::vector<RowBatch> ordered;
  for (size_t row = 0; row < places.size(); row += rows_each) {
    const size_t count = std::min(rows_each, places.size() - row);
    RowBatch& next = ordered.emplace_back();
    next.num_rows = count;
    next.storage = strings;
    for (size_t column = 0; column < batches.front().columns.size(); ++column) {
      next.columns.push_back(gather(batches, column, std::span(places).subspan(row, count)));
    }
  }
  return ordered;
}

}  // namespace pxq
