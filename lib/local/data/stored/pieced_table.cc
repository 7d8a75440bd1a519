#include "local/data/stored/pieced_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <utility>

#include "local/data/stored/held_table.h"
#include "model/time_order.h"

namespace pxq::local {
namespace {

// Pieces that overlap are held unpacked until their rows' turn has come.
constexpr size_t kMostMerged = size_t{2} << 30;

/// Rows of pieces that overlap, until all that come before them are there.
class Merge {
 public:
  Merge(size_t columns, RowReceiver& receiver) : receiver_(receiver), wanted_(columns) {
    std::iota(wanted_.begin(), wanted_.end(), size_t{0});
  }

  /// Rows that come in order, with their times as the last column.
  void add(RowBatch&& rows, const RowRange& range) {
    bytes_ += batch_bytes(rows);
    waiting_.push_back({std::move(rows), range});
  }

  bool is_empty() const { return waiting_.empty(); }
  size_t bytes() const { return bytes_; }

  /// Hands on all rows before a moment; false when no more are wanted.
  bool give_before(int64_t moment_ns) {
    std::vector<RowBatch> parts;
    std::vector<size_t> all = wanted_;
    all.push_back(wanted_.size());
    for (Waiting& one : waiting_) {
      const auto& times = std::get<Time64Column>(one.rows.columns.back());
      const auto first = times.begin() + static_cast<std::ptrdiff_t>(one.range.begin);
      const auto last = times.begin() + static_cast<std::ptrdiff_t>(one.range.end);
      const auto end =
          static_cast<size_t>(std::lower_bound(first, last, Time64{moment_ns}) - times.begin());
      take(one, end, all, parts);
    }
    return give(std::move(parts));
  }

  bool give_all() {
    std::vector<RowBatch> parts;
    std::vector<size_t> all = wanted_;
    all.push_back(wanted_.size());
    for (Waiting& one : waiting_) take(one, one.range.end, all, parts);
    return give(std::move(parts));
  }

 private:
  struct Waiting {
    RowBatch rows;
    RowRange range;
  };

  static void take(Waiting& one, size_t end, std::span<const size_t> columns,
                   std::vector<RowBatch>& parts) {
    for (size_t begin = one.range.begin; begin < end; begin += kScanRows) {
      parts.push_back(part_of(one.rows, columns, begin, std::min(end, begin + kScanRows)));
    }
    one.range.begin = std::max(one.range.begin, end);
  }

  bool give(std::vector<RowBatch> parts) {
    std::erase_if(waiting_, [this](const Waiting& one) {
      const bool done = one.range.begin >= one.range.end;
      if (done) bytes_ -= batch_bytes(one.rows);
      return done;
    });
    for (RowBatch& batch : ordered_by_time(std::move(parts), wanted_.size(), kScanRows)) {
      batch.columns.pop_back();
      if (!receiver_.rows(std::move(batch))) return false;
    }
    return true;
  }

  RowReceiver& receiver_;
  std::vector<size_t> wanted_;
  std::vector<Waiting> waiting_;
  size_t bytes_ = 0;
};

bool give_range(const RowBatch& rows, size_t columns, RowRange range, RowReceiver& receiver) {
  std::vector<size_t> places(columns);
  std::iota(places.begin(), places.end(), size_t{0});
  while (range.begin < range.end) {
    const size_t next = std::min(range.end, range.begin + kScanRows);
    if (!receiver.rows(part_of(rows, places, range.begin, next))) return false;
    range.begin = next;
  }
  return true;
}

Status too_mixed(std::string_view table) {
  return {Code::kLimit,
          fmt::format("the rows of '{}' are so far from the order of their times that sorting them "
                      "would take more than the {} MiB of memory that it may",
                      table, kMostMerged >> 20),
          "a shorter window takes less, and so do files whose rows are in order"};
}

}  // namespace

PiecedTable::PiecedTable(Schema schema, std::string description, std::vector<Piece> pieces)
    : schema_(std::move(schema)),
      description_(std::move(description)),
      pieces_(std::move(pieces)),
      time_(time_column(schema_.columns)) {
  std::erase_if(pieces_, [](const Piece& piece) { return piece.rows == 0; });
  if (!time_) return;
  std::ranges::stable_sort(pieces_, {}, [](const Piece& piece) { return piece.times->start_ns; });
}

std::optional<TableExtent> PiecedTable::extent() const {
  TableExtent extent;
  for (const Piece& piece : pieces_) {
    extent.rows += piece.rows;
    extent.bytes += piece.bytes;
    if (!time_) continue;
    extent.times = extent.times ? extent.times->hull(*piece.times) : *piece.times;
  }
  extent.verdict = verdict_;
  return extent;
}

Status PiecedTable::scan(const ScanRequest& request, RowReceiver& receiver) const {
  TimeWindow window = request.window;
  window.end_ns = std::min(window.end_ns, request.now_ns);
  std::vector<const Piece*> touched;
  for (const Piece& piece : pieces_) {
    if (!time_ || window.overlaps(*piece.times)) touched.push_back(&piece);
  }
  Merge merge(request.columns.size(), receiver);
  for (size_t i = 0; i < touched.size(); ++i) {
    const Piece& piece = *touched[i];
    if (!merge.is_empty() && !merge.give_before(piece.times->start_ns)) return {};
    const bool alone =
        !time_ || (merge.is_empty() && (i + 1 == touched.size() ||
                                        piece.times->end_ns < touched[i + 1]->times->start_ns));
    // Where the window cuts the piece, its times are read as well, behind what was asked for.
    const bool cut =
        time_ && !(window.contains(piece.times->start_ns) && window.contains(piece.times->end_ns));
    read_.fetch_add(1, std::memory_order_relaxed);
    if (cut && alone) {
      if (const auto part = piece.source->read_inside(piece.number, request.columns, window)) {
        if (!part->ok()) return part->status();
        const RowRange all{0, (*part)->num_rows};
        if (!give_range(**part, request.columns.size(), all, receiver)) return {};
        continue;
      }
    }
    std::vector<size_t> columns(request.columns.begin(), request.columns.end());
    if (cut || !alone) columns.push_back(*time_);
    Result<RowBatch> rows = piece.source->read(piece.number, columns);
    if (!rows.ok()) return rows.status();
    RowRange range{0, rows->num_rows};
    if (cut) range = rows_inside(std::get<Time64Column>(rows->columns.back()), window);
    if (alone) {
      if (!give_range(*rows, request.columns.size(), range, receiver)) return {};
      continue;
    }
    merge.add(*std::move(rows), range);
    if (merge.bytes() > kMostMerged) return too_mixed(schema_.name);
  }
  merge.give_all();
  return {};
}

}  // namespace pxq::local
