#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/row_batch.h"

namespace pxq {

/// Identifies a row by all its values: the first 16 bytes of a SHA-256.
using RowHash = std::array<uint8_t, 16>;

/// Equal for rows with the same types and bytes, whatever batch they are in; 0.0 and -0.0 differ,
/// NaNs with the same bits do not. REQUIRES: row < batch.num_rows.
RowHash row_hash(const RowBatch& batch, size_t row);

/// The node that a row comes from, as far as its table tells; 0: it does not. Different nodes share
/// a number once in some ten thousand pairs.
using Origin = uint16_t;

/// How the rows of one table are known again, whatever changes from one query to the next: a script
/// reference counts by its label, as its arguments hold the start of the query; names that belong
/// to a upid do not count where the upid is there, as a name is found later, or no longer. A hash
/// also tells the row's origin.
class RowIdentity {
 public:
  RowIdentity() = default;
  explicit RowIdentity(const Schema& schema);

  /// REQUIRES: a batch of the schema; row < batch.num_rows.
  RowHash hash(const RowBatch& batch, size_t row) const;
  Origin origin(const RowBatch& batch, size_t row) const;

  bool has_origins() const { return origin_.has_value(); }
  Origin origin(const RowHash& hash) const;

  /// Whether hash() is another one than row_hash(), which earlier versions of pxq kept.
  bool differs() const { return differs_; }

 private:
  enum class Part { kValue, kLabel, kNothing };

  std::vector<Part> parts_;
  std::optional<size_t> origin_;
  bool differs_ = false;
};

}  // namespace pxq
