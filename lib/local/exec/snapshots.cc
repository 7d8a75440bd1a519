#include "local/exec/snapshots.h"

#include <limits>
#include <optional>
#include <utility>

namespace pxq::local {
namespace {

Status check_batch(const TableSource& table, const RowBatch& batch) {
  const std::vector<ColumnInfo>& relation = table.relation();
  bool sound = batch.columns.size() == relation.size();
  for (size_t i = 0; sound && i < relation.size(); ++i) {
    sound = column_type(batch.columns[i]) == relation[i].type &&
            column_size(batch.columns[i]) == batch.num_rows;
  }
  const std::string name{table.name()};
  if (!sound) return {Code::kInternal, "table '" + name + "' broke its own relation"};
  if (batch.num_rows <= kMaxRows) return {};
  return {Code::kLimit, "table '" + name + "' has more rows than one query can take"};
}

const Time64Column* time_column(const TableSource& table, const Frame& frame) {
  for (size_t i = 0; i < table.relation().size(); ++i) {
    if (table.relation()[i].name == "time_") {
      return std::get_if<Time64Column>(frame.columns[i].get());
    }
  }
  return nullptr;
}

std::vector<uint32_t> rows_between(const Time64Column& times, int64_t start, int64_t end) {
  std::vector<uint32_t> rows;
  for (size_t row = 0; row < times.size(); ++row) {
    if (times[row].ns >= start && times[row].ns <= end) rows.push_back(static_cast<uint32_t>(row));
  }
  return rows;
}

/// The rows inside the source's window; none when all are.
std::optional<std::vector<uint32_t>> window(const Operator::Source& source,
                                            const Time64Column* times) {
  if (times == nullptr || (!source.start_ns && !source.end_ns)) return std::nullopt;
  using Limits = std::numeric_limits<int64_t>;
  std::vector<uint32_t> rows = rows_between(*times, source.start_ns.value_or(Limits::min()),
                                            source.end_ns.value_or(Limits::max()));
  if (rows.size() == times->size()) return std::nullopt;
  return rows;
}

}  // namespace

Result<Frame> Snapshots::scan(const Operator::Source& source) {
  Snapshot& snapshot = snapshots_[source.table];
  if (snapshot.table == nullptr) {
    if (Status status = read(source.table, snapshot); !status.ok()) return status;
  }
  Frame chosen{{}, snapshot.frame.rows};
  for (const size_t column : source.columns) {
    if (column >= snapshot.frame.columns.size()) {
      return Status{Code::kInternal, "a source asks for a column that its table does not have"};
    }
    chosen.columns.push_back(snapshot.frame.columns[column]);
  }
  const auto rows = window(source, time_column(*snapshot.table, snapshot.frame));
  if (rows) chosen = gather(chosen, *rows);
  if (snapshot.uses <= 1) {
    snapshots_.erase(source.table);
  } else {
    --snapshot.uses;
  }
  count(chosen);
  return chosen;
}

Status Snapshots::read(std::string_view name, Snapshot& snapshot) {
  const TableSource* table = tables_.find(name);
  if (table == nullptr) {
    return {Code::kScript, "Table '" + std::string(name) + "' not found."};
  }
  Result<RowBatch> batch = table->read(functions_);
  if (!batch.ok()) return batch.status();
  if (Status status = check_batch(*table, *batch); !status.ok()) return status;
  for (Column& column : batch->columns) snapshot.frame.columns.push_back(share(std::move(column)));
  snapshot.frame.rows = batch->num_rows;
  snapshot.table = table;
  if (batch->storage != nullptr) storages_.push_back(std::move(batch->storage));
  return {};
}

void Snapshots::count(const Frame& frame) {
  counters_.records_processed += frame.rows;
  for (const ColumnPtr& column : frame.columns) {
    counters_.bytes_processed += payload_bytes(*column, 0, frame.rows);
  }
}

}  // namespace pxq::local
