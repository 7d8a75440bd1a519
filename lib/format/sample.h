#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "model/row_batch.h"
#include "text/measure.h"

namespace pxq {

/// The first rows of a table, by which a layout for people is decided: 1000 rows or 4 MiB of text,
/// whichever is first, counted row by row so that it does not matter how rows come in batches.
class Sample {
 public:
  /// Keeps the batch (its strings stay alive with it), also where it reaches past the sample.
  void add(const RowBatch& batch);

  /// A row past the sample was seen: waiting longer would not change it.
  bool is_full() const { return past_end_; }
  size_t rows() const { return rows_; }

  /// Of everything that was kept, about.
  size_t kept_bytes() const { return kept_bytes_; }
  uint64_t kept_rows() const { return kept_rows_; }

  /// What was kept, in order.
  const std::vector<RowBatch>& batches() const { return batches_; }

  /// Calls visit(batch, rows) for each batch with the number of its rows in the sample.
  template <typename Visit>
  void for_each(Visit visit) const {
    for (size_t i = 0; i < batches_.size(); ++i) visit(batches_[i], counts_[i]);
  }

  /// How large a column's numbers other than zero are; zeros if there are none.
  Magnitudes magnitudes(size_t column) const;

  void clear();

 private:
  std::vector<RowBatch> batches_;
  std::vector<size_t> counts_;
  size_t rows_ = 0;
  size_t bytes_ = 0;
  size_t kept_bytes_ = 0;
  uint64_t kept_rows_ = 0;
  bool past_end_ = false;
};

}  // namespace pxq
