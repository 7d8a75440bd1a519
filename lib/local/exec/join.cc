#include <algorithm>
#include <utility>
#include <vector>

#include "local/exec/key_numbering.h"
#include "local/exec/operators.h"

namespace pxq::local {
namespace {

using How = Operator::Join::How;

/// One input of a join as the search for matches sees it.
struct Side {
  std::vector<ColumnPtr> keys;
  size_t rows;
  bool keeps_unmatched;
};

/// The output's rows: which row of each side, or kNoRow.
struct Pairs {
  std::vector<uint32_t> driving;
  std::vector<uint32_t> other;
};

/// A side's rows ordered by their key's number.
struct Index {
  std::vector<uint32_t> starts;  // of each number's rows in `rows`; one more at the end
  std::vector<uint32_t> rows;

  Index(std::span<const uint32_t> numbers, size_t distinct)
      : starts(distinct + 1, 0), rows(numbers.size()) {
    for (const uint32_t number : numbers) ++starts[number + 1];
    for (size_t i = 0; i < distinct; ++i) starts[i + 1] += starts[i];
    std::vector<uint32_t> next = starts;
    for (size_t row = 0; row < numbers.size(); ++row) {
      rows[next[numbers[row]]++] = static_cast<uint32_t>(row);
    }
  }

  std::span<const uint32_t> matches(uint32_t number) const {
    if (number == KeyNumbering::kUnknown) return {};
    return std::span{rows}.subspan(starts[number], starts[number + 1] - starts[number]);
  }
};

Side side(const Frame& frame, std::span<const size_t> keys, bool keeps_unmatched) {
  Side result{{}, frame.rows, keeps_unmatched};
  for (const size_t key : keys) result.keys.push_back(frame.columns[key]);
  return result;
}

Result<Pairs> find_pairs(const Side& driving, const Side& other, size_t max_rows) {
  KeyNumbering numbering;
  const Index index{numbering.add(other.keys, other.rows), numbering.size()};
  const std::vector<uint32_t> wanted = numbering.find(driving.keys, driving.rows);

  std::vector<uint8_t> matched(other.rows, 0);
  uint64_t total = 0;
  for (const uint32_t number : wanted) {
    const std::span<const uint32_t> matches = index.matches(number);
    total += matches.empty() && driving.keeps_unmatched ? 1 : matches.size();
    // A number's rows are marked together, so the first one tells of all.
    if (matches.empty() || matched[matches.front()] != 0) continue;
    for (const uint32_t row : matches) matched[row] = 1;
  }
  if (other.keeps_unmatched) total += static_cast<size_t>(std::ranges::count(matched, 0));
  if (total > max_rows) {
    return Status{Code::kLimit, "merge() would make " + std::to_string(total) + " rows",
                  "Aggregate or filter the tables before merging them, or merge on more columns."};
  }

  Pairs pairs;
  pairs.driving.reserve(total);
  pairs.other.reserve(total);
  for (uint32_t row = 0; row < driving.rows; ++row) {
    const std::span<const uint32_t> matches = index.matches(wanted[row]);
    pairs.driving.insert(pairs.driving.end(), matches.size(), row);
    pairs.other.insert(pairs.other.end(), matches.begin(), matches.end());
    if (!matches.empty() || !driving.keeps_unmatched) continue;
    pairs.driving.push_back(row);
    pairs.other.push_back(kNoRow);
  }
  for (uint32_t row = 0; other.keeps_unmatched && row < other.rows; ++row) {
    if (matched[row] != 0) continue;
    pairs.driving.push_back(kNoRow);
    pairs.other.push_back(row);
  }
  return pairs;
}

size_t most_rows(const Frame& left, const Frame& right, const ExecutionLimits& limits) {
  size_t row_bytes = 1;
  for (const ColumnPtr& column : left.columns) row_bytes += value_bytes(*column);
  for (const ColumnPtr& column : right.columns) row_bytes += value_bytes(*column);
  return std::min(kMaxRows, limits.operator_bytes / row_bytes);
}

Status append_columns(const Frame& from, std::span<const uint32_t> rows, const Execution& execution,
                      Frame& output) {
  for (const ColumnPtr& column : from.columns) {
    if (Status status = execution.check(); !status.ok()) return status;
    output.columns.push_back(share(gather_or_default(*column, rows)));
  }
  return {};
}

}  // namespace

Result<Frame> run_join(const Operator::Join& join, const Frame& left, const Frame& right,
                       const Execution& execution) {
  const Side left_side =
      side(left, join.left_keys, join.how == How::kLeft || join.how == How::kOuter);
  const Side right_side =
      side(right, join.right_keys, join.how == How::kRight || join.how == How::kOuter);
  const bool from_right = join.how == How::kRight;
  Result<Pairs> pairs =
      find_pairs(from_right ? right_side : left_side, from_right ? left_side : right_side,
                 most_rows(left, right, execution.limits));
  if (!pairs.ok()) return pairs.status();

  Frame output{{}, pairs->driving.size()};
  Status status =
      append_columns(left, from_right ? pairs->other : pairs->driving, execution, output);
  if (!status.ok()) return status;
  status = append_columns(right, from_right ? pairs->driving : pairs->other, execution, output);
  if (!status.ok()) return status;
  return output;
}

}  // namespace pxq::local
