#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <numeric>
#include <utility>

#include "local/data/stored/held_table.h"
#include "local/data/stored/parquet/file.h"
#include "local/data/stored/row_file.h"
#include "local/data/stored/stored_tables.h"
#include "model/time_order.h"

namespace pxq::local {
namespace {

using parquet::ParquetFile;

/// Row groups, each brought into the order of its times as it is read.
class RowGroups final : public PieceSource {
 public:
  explicit RowGroups(std::shared_ptr<const ParquetFile> file)
      : file_(std::move(file)), time_(time_column(file_->columns())) {}

  Result<RowBatch> read(size_t group, std::span<const size_t> columns) const override {
    const auto asked = time_ ? std::ranges::find(columns, *time_) : columns.end();
    const bool has_times = asked != columns.end();
    // Times that nobody asks for are read only where nothing else says that rows are in order.
    if (!time_ || (!has_times && file_->is_ordered(group, *time_))) {
      return file_->read(group, columns);
    }
    std::vector<size_t> wanted(columns.begin(), columns.end());
    const auto place = static_cast<size_t>(asked - columns.begin());
    if (!has_times) wanted.push_back(*time_);
    Result<RowBatch> rows = file_->read(group, wanted);
    if (!rows.ok()) return rows;
    if (!std::ranges::is_sorted(std::get<Time64Column>(rows->columns[place]))) {
      const size_t count = rows->num_rows;
      std::vector<RowBatch> one;
      one.push_back(*std::move(rows));
      rows = std::move(ordered_by_time(std::move(one), place, count).front());
    }
    rows->columns.resize(columns.size());
    return rows;
  }

  // Pages before and behind the rows are not unpacked, and of the others only these are decoded.
  std::optional<Result<RowBatch>> read_inside(size_t group, std::span<const size_t> columns,
                                              const TimeWindow& window) const override {
    // What does not say that it is in order may be so after all.
    const TimeWindow told = file_->is_ordered(group, *time_) ? window : TimeWindow();
    const Result<Time64Column> times =
        file_->times_between(group, *time_, Time64{told.start_ns}, Time64{told.end_ns});
    if (!times.ok()) return times.status();
    if (!std::ranges::is_sorted(*times)) return std::nullopt;
    return file_->read(group, columns, rows_inside(*times, window));
  }

  /// From when to when a row group has rows: by its statistics, else by its rows.
  Result<TimeWindow> times(size_t group) const {
    if (const auto range = file_->range(group, *time_)) {
      return TimeWindow{range->first, range->second};
    }
    const Result<RowBatch> rows = file_->read(group, std::span(&*time_, 1));
    if (!rows.ok()) return rows.status();
    const auto [first, last] = std::ranges::minmax(std::get<Time64Column>(rows->columns.front()));
    return TimeWindow{first.ns, last.ns};
  }

  bool is_timed() const { return time_.has_value(); }

 private:
  const std::shared_ptr<const ParquetFile> file_;
  const std::optional<size_t> time_;
};

}  // namespace

Status add_parquet(const RowFile& file, StoredTables& tables) {
  const Result<std::shared_ptr<const ParquetFile>> opened = ParquetFile::open(file.path);
  if (!opened.ok()) return opened.status();
  const ParquetFile& parquet = **opened;
  const Schema schema{
      parquet.table().empty() ? file.table : parquet.table(), {}, parquet.columns()};
  const Result<size_t> table = tables.table(schema, file.path);
  if (!table.ok()) return table.status();
  const auto source = std::make_shared<const RowGroups>(*opened);
  for (size_t group = 0; group < parquet.groups(); ++group) {
    if (parquet.rows(group) == 0) continue;
    Piece piece{source, group, parquet.rows(group), parquet.bytes(group), {}};
    if (source->is_timed()) {
      const Result<TimeWindow> times = source->times(group);
      if (!times.ok()) return times.status();
      piece.times = *times;
    }
    tables.add_piece(*table, std::move(piece));
  }
  return {};
}

}  // namespace pxq::local
