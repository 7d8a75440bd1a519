#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "format/column_fit.h"
#include "format/human_cells.h"
#include "format/sample.h"
#include "model/row_batch.h"
#include "text/time_zone.h"

namespace pxq::live {

/// Where a row is; it stays there until it is dropped.
struct Place {
  uint64_t batch = 0;  // counted from the first that came
  uint32_t row = 0;
};

struct Sort {
  size_t column = 0;
  bool descending = false;

  bool operator==(const Sort&) const = default;
};

/// The rows of one table as they come, the newest of them: an endless stream is seen through a
/// window that moves on. Cells are written for people.
class TableRows final {
 public:
  static constexpr uint64_t kMostRows = 100'000;
  static constexpr uint64_t kMostBytes = 256u << 20;

  /// `name` tells it from other tables of its schema's name; `zone` outlives it.
  TableRows(Schema schema, std::string name, const TimeZone& zone, uint64_t most_rows = kMostRows);

  void add(RowBatch batch);

  const Schema& schema() const { return schema_; }
  const std::string& name() const { return name_; }
  const TimeZone& zone() const { return zone_; }

  uint64_t total() const { return total_; }  // all that came
  uint64_t kept() const { return kept_; }
  /// Grows with each change.
  uint64_t version() const { return version_; }

  uint64_t first_batch() const { return first_; }
  uint64_t end_batch() const { return first_ + batches_.size(); }
  const RowBatch& batch(uint64_t number) const { return batches_[number - first_]; }

  /// Appends the cell and gives the terminal cells that it takes.
  size_t write(Place place, size_t column, TextBuffer& out);
  Role role(Place place, size_t column);

  /// The order of two rows by a column's values, not by what is shown of them; NaN is always last.
  bool before(const Sort& sort, Place a, Place b) const;

  /// How wide the columns want to be.
  const std::vector<ColumnWish>& wishes();
  /// By the first rows, as `cells` are measured.
  const Sample& sample() const { return sample_; }

 private:
  struct Cells {
    std::unique_ptr<HumanCells> writer;
    uint64_t bound = UINT64_MAX;  // the batch
  };

  HumanCells& bound(Place place, size_t column);
  void prepare();
  void drop_old();

  const Schema schema_;
  const std::string name_;
  const TimeZone& zone_;
  const uint64_t most_rows_;
  std::deque<RowBatch> batches_;
  std::deque<uint64_t> bytes_;  // of each batch
  uint64_t first_ = 0;
  uint64_t total_ = 0;
  uint64_t kept_ = 0;
  uint64_t kept_bytes_ = 0;
  uint64_t version_ = 0;
  Sample sample_;
  std::vector<Cells> cells_;  // empty: to be made anew, by a larger sample
  std::vector<ColumnWish> wishes_;
};

}  // namespace pxq::live
