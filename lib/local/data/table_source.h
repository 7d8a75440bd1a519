#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "local/cluster/state.h"
#include "model/row_batch.h"
#include "model/schema.h"

namespace pxq::local {

/// The rows with start <= time_ <= end, Unix nanoseconds.
struct TimeWindow {
  int64_t start_ns = std::numeric_limits<int64_t>::min();
  int64_t end_ns = std::numeric_limits<int64_t>::max();

  bool contains(int64_t time_ns) const { return start_ns <= time_ns && time_ns <= end_ns; }
  bool overlaps(const TimeWindow& other) const {
    return start_ns <= other.end_ns && other.start_ns <= end_ns;
  }
  bool operator==(const TimeWindow&) const = default;
  /// The least window that holds both.
  TimeWindow hull(const TimeWindow& other) const;
};

/// What a query asks of a table.
struct ScanRequest {
  std::span<const size_t> columns;  // of the relation, in the order of the batches' columns
  TimeWindow window;                // of no meaning to a table without time_
  int64_t now_ns = 0;               // the query's one reading of the clock
  uint32_t asid = 1;                // this host's agent number
  std::shared_ptr<const ClusterState> cluster = nullptr;  // as functions see it
};

/// Takes a table's rows, in the thread that scans.
class RowReceiver {
 public:
  RowReceiver() = default;
  RowReceiver(const RowReceiver&) = delete;
  RowReceiver& operator=(const RowReceiver&) = delete;
  virtual ~RowReceiver() = default;

  /// The next rows; false when no more are wanted. The batch owns its strings and may be kept.
  virtual bool rows(RowBatch&& batch) = 0;
};

/// How many rows a batch of a scan has at most, so that memory does not follow a table's size.
inline constexpr size_t kScanRows = 8192;

/// How much of a table is stored.
struct TableExtent {
  uint64_t rows = 0;
  uint64_t bytes = 0;
  std::optional<TimeWindow> times = {};  // of the first and last row, where rows have any
  std::string verdict = {};              // what is known of rows that are not there; empty: nothing
};

/// A table that scripts can name. Its relation is fixed. Safe to call from several queries at once.
class TableSource {
 public:
  TableSource() = default;
  TableSource(const TableSource&) = delete;
  TableSource& operator=(const TableSource&) = delete;
  virtual ~TableSource() = default;

  virtual std::string_view name() const = 0;
  virtual std::string_view description() const = 0;
  virtual const std::vector<ColumnInfo>& relation() const = 0;

  /// The asked columns of the rows inside the window, by ascending time_, in batches of at most
  /// kScanRows. OK also when the receiver ended it; else the table's own failure.
  virtual Status scan(const ScanRequest& request, RowReceiver& receiver) const = 0;

  /// Whether rows come into being as they are read, so that a second scan would tell of another
  /// moment. A query scans such a table once, whatever it has to hold for that.
  virtual bool is_sample() const { return false; }

  /// Until when all rows are there that will ever be, of those up to `now_ns`.
  virtual int64_t whole_until(int64_t now_ns) const { return now_ns; }

  /// How much there is, of a table that is stored.
  virtual std::optional<TableExtent> extent() const { return std::nullopt; }
};

/// The tables a Vizier offers.
class TableSet {
 public:
  void add(std::unique_ptr<TableSource> table) { tables_.push_back(std::move(table)); }
  /// What a px function returns, under a name such as `px.GetTables()`: found, but not among all().
  void add_lister(std::unique_ptr<TableSource> table) { listers_.push_back(std::move(table)); }
  const TableSource* find(std::string_view name) const;
  std::span<const std::unique_ptr<TableSource>> all() const { return tables_; }
  std::span<const std::unique_ptr<TableSource>> listers() const { return listers_; }

 private:
  std::vector<std::unique_ptr<TableSource>> tables_;
  std::vector<std::unique_ptr<TableSource>> listers_;
};

}  // namespace pxq::local
