#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "local/data/table_source.h"

namespace pxq::local {

/// Where pieces of a table are read from. Safe to use from several threads.
class PieceSource {
 public:
  PieceSource() = default;
  PieceSource(const PieceSource&) = delete;
  PieceSource& operator=(const PieceSource&) = delete;
  virtual ~PieceSource() = default;

  /// The asked columns of a piece's rows, which are by ascending time_ where there is one.
  virtual Result<RowBatch> read(size_t number, std::span<const size_t> columns) const = 0;

  /// The same, of those rows alone that lie inside a window, where that is less than to read all;
  /// else nothing.
  virtual std::optional<Result<RowBatch>> read_inside(size_t /*number*/,
                                                      std::span<const size_t> /*columns*/,
                                                      const TimeWindow& /*window*/) const {
    return std::nullopt;
  }
};

/// Some of a table's rows, with what is known of them before they are read.
struct Piece {
  std::shared_ptr<const PieceSource> source;
  size_t number = 0;  // among the source's
  uint64_t rows = 0;
  uint64_t bytes = 0;
  std::optional<TimeWindow> times = {};  // of the first and the last row
};

/// A table that is stored in pieces, of which a scan reads those that its window touches. Pieces
/// whose times overlap are merged; no more of them are held than overlap at one moment.
class PiecedTable final : public TableSource {
 public:
  /// REQUIRES: pieces with rows of a relation with time_ have times.
  PiecedTable(Schema schema, std::string description, std::vector<Piece> pieces);

  std::string_view name() const override { return schema_.name; }
  std::string_view description() const override { return description_; }
  const std::vector<ColumnInfo>& relation() const override { return schema_.columns; }
  std::optional<TableExtent> extent() const override;
  Status scan(const ScanRequest& request, RowReceiver& receiver) const override;

  void set_verdict(std::string verdict) { verdict_ = std::move(verdict); }
  /// How many pieces there are, and how many were read so far.
  size_t pieces() const { return pieces_.size(); }
  size_t pieces_read() const { return read_.load(std::memory_order_relaxed); }

 private:
  const Schema schema_;
  const std::string description_;
  std::vector<Piece> pieces_;  // by their first time
  const std::optional<size_t> time_;
  std::string verdict_;
  mutable std::atomic<size_t> read_ = 0;
};

}  // namespace pxq::local
