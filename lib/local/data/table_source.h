#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "local/functions/function.h"
#include "model/row_batch.h"

namespace pxq::local {

/// A table that scripts can name. Its relation is fixed; read() takes a snapshot when a query runs
/// and may fail with a Status. Safe to call from several queries at once.
class TableSource {
 public:
  TableSource() = default;
  TableSource(const TableSource&) = delete;
  TableSource& operator=(const TableSource&) = delete;
  virtual ~TableSource() = default;

  virtual std::string_view name() const = 0;
  virtual std::string_view description() const = 0;
  virtual const std::vector<ColumnInfo>& relation() const = 0;
  /// All columns of the relation, rows by ascending time_. Strings live in context.strings.
  virtual Result<RowBatch> read(FunctionContext& context) const = 0;
};

/// The tables a Vizier offers.
class TableSet {
 public:
  void add(std::unique_ptr<TableSource> table) { tables_.push_back(std::move(table)); }
  const TableSource* find(std::string_view name) const;
  std::span<const std::unique_ptr<TableSource>> all() const { return tables_; }

 private:
  std::vector<std::unique_ptr<TableSource>> tables_;
};

/// Tables of this host, read from /proc: process_stats, network_stats, conn_stats.
TableSet host_tables();

}  // namespace pxq::local
