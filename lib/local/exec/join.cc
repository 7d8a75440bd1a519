#include <algorithm>
#include <optional>
#include <utility>

#include "local/exec/key_numbering.h"
#include "local/exec/step.h"

namespace pxq::local {
namespace {

using How = Operator::Join::How;

/// The rows of the side that is held, by their key.
class Index {
 public:
  Index(std::span<const ColumnPtr> keys, size_t rows) {
    const std::vector<uint32_t> numbers = numbering_.add(keys, rows);
    const size_t distinct = numbering_.size();
    starts_.assign(distinct + 1, 0);
    rows_.resize(rows);
    for (const uint32_t number : numbers) ++starts_[number + 1];
    for (size_t i = 0; i < distinct; ++i) starts_[i + 1] += starts_[i];
    std::vector<uint32_t> next = starts_;
    for (size_t row = 0; row < rows; ++row) {
      rows_[next[numbers[row]]++] = static_cast<uint32_t>(row);
    }
  }

  std::vector<uint32_t> find(std::span<const ColumnPtr> keys, size_t rows) const {
    return numbering_.find(keys, rows);
  }

  std::span<const uint32_t> matches(uint32_t number) const {
    if (number == KeyNumbering::kUnknown) return {};
    return std::span{rows_}.subspan(starts_[number], starts_[number + 1] - starts_[number]);
  }

  size_t bytes() const { return (starts_.size() + rows_.size()) * 3 * sizeof(uint32_t); }

 private:
  KeyNumbering numbering_;
  std::vector<uint32_t> starts_;  // of each number's rows in rows_; one more at the end
  std::vector<uint32_t> rows_;
};

/// The output's rows: which row of each side, or kNoRow.
struct Pairs {
  std::vector<uint32_t> driving;
  std::vector<uint32_t> held;
};

std::vector<ColumnPtr> pick(const Frame& frame, std::span<const size_t> columns) {
  std::vector<ColumnPtr> picked;
  for (const size_t column : columns) picked.push_back(frame.columns[column]);
  return picked;
}

Frame empty_frame(const std::vector<ColumnInfo>& relation) {
  Frame frame;
  for (const ColumnInfo& column : relation) {
    frame.columns.push_back(share(make_column(column.type)));
  }
  return frame;
}

/// Whether the rows of an input come out that meet none of the other.
bool keeps(const Operator::Join& node, size_t input) {
  return node.how == How::kOuter || node.how == (input == 0 ? How::kLeft : How::kRight);
}

class JoinStep final : public Step {
 public:
  JoinStep(const Operator& node, Execution& execution)
      : operator_(node),
        node_(std::get<Operator::Join>(node.node)),
        execution_(execution),
        holding_(execution, "merge()"),
        held_input_(held_input(node_)),
        keeps_driving_(keeps(node_, node_.driving)),
        keeps_held_(keeps(node_, held_input_)) {}

  Status take(size_t input, Frame frame, std::vector<Frame>& output) override {
    if (input != held_input_ && index_) return match(frame, output);
    if (Status status = holding_.add(held_bytes(frame)); !status.ok()) return status;
    (input == held_input_ ? held_ : waiting_).push_back(std::move(frame));
    return {};
  }

  Status finish(size_t input, std::vector<Frame>& output) override {
    if (input == held_input_) {
      if (Status status = build(); !status.ok()) return status;
      for (const Frame& frame : std::exchange(waiting_, {})) {
        if (Status status = match(frame, output); !status.ok()) return status;
      }
    } else {
      driving_ended_ = true;
    }
    return driving_ended_ && index_ && keeps_held_ ? give_lonely(output) : Status{};
  }

  /// An inner or one-sided join with nothing held gives nothing but its driving rows.
  bool satisfied() const override { return index_ && all_.rows == 0 && !keeps_driving_; }

 private:
  std::span<const size_t> keys(bool of_held) const {
    return of_held == (held_input_ == 1) ? node_.right_keys : node_.left_keys;
  }

  Status build() {
    all_ =
        held_.empty() ? empty_frame(operator_.inputs[held_input_]->relation) : concatenate(held_);
    held_.clear();
    if (all_.rows > kMaxRows) return {Code::kLimit, "merge() holds more rows than it can number"};
    index_.emplace(pick(all_, keys(true)), all_.rows);
    if (keeps_held_) matched_.assign(all_.rows, 0);
    return holding_.add(index_->bytes());
  }

  Status match(const Frame& frame, std::vector<Frame>& output) {
    const std::vector<uint32_t> wanted = index_->find(pick(frame, keys(false)), frame.rows);
    uint64_t total = 0;
    for (const uint32_t number : wanted) {
      const std::span<const uint32_t> matches = index_->matches(number);
      total += matches.empty() && keeps_driving_ ? 1 : matches.size();
      // A number's rows are marked together, so the first one tells of all.
      if (matches.empty() || !keeps_held_ || matched_[matches.front()] != 0) continue;
      for (const uint32_t row : matches) matched_[row] = 1;
    }
    // Refused before anything is allocated: few keys that are equal on both sides make millions of
    // pairs.
    if (total > most_rows(frame)) {
      return {Code::kLimit, "merge() would make " + std::to_string(total) + " rows",
              "Aggregate or filter the tables before merging them, or merge on more columns."};
    }
    Pairs pairs;
    pairs.driving.reserve(total);
    pairs.held.reserve(total);
    for (uint32_t row = 0; row < frame.rows; ++row) {
      const std::span<const uint32_t> matches = index_->matches(wanted[row]);
      pairs.driving.insert(pairs.driving.end(), matches.size(), row);
      pairs.held.insert(pairs.held.end(), matches.begin(), matches.end());
      if (!matches.empty() || !keeps_driving_) continue;
      pairs.driving.push_back(row);
      pairs.held.push_back(kNoRow);
    }
    return give(frame, pairs, output);
  }

  /// The held rows that found no match.
  Status give_lonely(std::vector<Frame>& output) {
    Pairs pairs;
    for (uint32_t row = 0; row < all_.rows; ++row) {
      if (matched_[row] == 0) pairs.held.push_back(row);
    }
    pairs.driving.assign(pairs.held.size(), kNoRow);
    return give(empty_frame(operator_.inputs[1 - held_input_]->relation), pairs, output);
  }

  size_t most_rows(const Frame& frame) const {
    size_t row_bytes = 1;
    for (const ColumnPtr& column : frame.columns) row_bytes += value_bytes(*column);
    for (const ColumnPtr& column : all_.columns) row_bytes += value_bytes(*column);
    return std::min(kMaxRows, execution_.limits.held_bytes / row_bytes);
  }

  Status give(const Frame& frame, const Pairs& pairs, std::vector<Frame>& output) const {
    if (pairs.driving.empty()) return {};
    Frame joined{{}, pairs.driving.size(), std::make_shared<FrameMemory>()};
    joined.memory->others = {frame.memory, all_.memory};
    const size_t left_size = operator_.inputs[0]->relation.size();
    const size_t all_columns = left_size + operator_.inputs[1]->relation.size();
    const size_t count = node_.output ? node_.output->size() : all_columns;
    for (size_t i = 0; i < count; ++i) {
      if (Status status = execution_.check(); !status.ok()) return status;
      const size_t column = node_.output ? (*node_.output)[i] : i;
      const bool held = (column < left_size ? 0U : 1U) == held_input_;
      const Frame& side = held ? all_ : frame;
      const ColumnPtr& values = side.columns[column < left_size ? column : column - left_size];
      joined.columns.push_back(
          share(gather_or_default(*values, held ? pairs.held : pairs.driving)));
    }
    output.push_back(std::move(joined));
    return {};
  }

  const Operator& operator_;
  const Operator::Join& node_;
  Execution& execution_;
  Holding holding_;
  const size_t held_input_;
  const bool keeps_driving_;
  const bool keeps_held_;
  bool driving_ended_ = false;
  std::vector<Frame> held_;
  std::vector<Frame> waiting_;  // driving rows that came before the held ones were complete
  Frame all_;                   // the held rows, once they are complete
  std::vector<uint8_t> matched_;
  std::optional<Index> index_;
};

}  // namespace

size_t held_input(const Operator::Join& node) { return 1 - node.driving; }

std::unique_ptr<Step> make_join(const Operator& node, Execution& execution) {
  return std::make_unique<JoinStep>(node, execution);
}

}  // namespace pxq::local
