#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "local/data/table_source.h"
#include "local/functions/function.h"

namespace pxq::local::demo {

/// Values of `trace_role`: the side of a connection at which it was seen.
inline constexpr int64_t kClientRole = 1;
inline constexpr int64_t kServerRole = 2;

/// Fills the columns that a scan asks for. Rows are given whole, in the order of the relation, and
/// what nobody asks for costs nothing. Batches go to the receiver as they fill.
class RowWriter {
 public:
  RowWriter(const std::vector<ColumnInfo>& relation, const ScanRequest& request,
            RowReceiver& receiver)
      : relation_(relation), request_(request), receiver_(receiver), places_(relation.size(), -1) {
    for (size_t i = 0; i < request.columns.size(); ++i) {
      places_[request.columns[i]] = static_cast<int>(i);
    }
    begin();
  }

  /// Value is the element type of the column: int64_t, Time64, uint8_t for BOOLEAN and so on. A
  /// string_view must be of a text that outlives the batch.
  template <typename Value>
  RowWriter& add(Value value) {
    if (places_[next_] >= 0) column<Value>().push_back(value);
    return step();
  }

  /// A text that `make` builds if somebody wants it.
  template <typename Make>
  RowWriter& text(const Make& make) {
    if (places_[next_] >= 0) {
      column<std::string_view>().push_back(strings_->keep(std::string_view(make())));
    }
    return step();
  }

  /// Goes to the row's last column if nobody wants those before it: what they hold need not be
  /// made.
  bool skip_to_last() {
    for (size_t i = next_; i + 1 < relation_.size(); ++i) {
      if (places_[i] >= 0) return false;
    }
    next_ = relation_.size() - 1;
    return true;
  }

  /// False when no more rows are wanted.
  bool wanted() const { return wanted_; }

  /// Gives what waits.
  void finish() {
    if (batch_.num_rows > 0 && wanted_) give();
  }

 private:
  template <typename Value>
  std::vector<Value>& column() {
    return std::get<std::vector<Value>>(batch_.columns[static_cast<size_t>(places_[next_])]);
  }

  RowWriter& step() {
    if (++next_ < relation_.size()) return *this;
    next_ = 0;
    if (++batch_.num_rows == kScanRows) give();
    return *this;
  }

  void begin() {
    batch_ = {};
    strings_ = std::make_shared<StringArena>();
    for (const size_t number : request_.columns) {
      batch_.columns.push_back(make_column(relation_[number].type));
    }
  }

  void give() {
    batch_.storage = strings_;
    wanted_ = wanted_ && receiver_.rows(std::move(batch_));
    begin();
  }

  const std::vector<ColumnInfo>& relation_;
  const ScanRequest& request_;
  RowReceiver& receiver_;
  std::vector<int> places_;  // in the batch, by column of the relation; -1: not asked for
  size_t next_ = 0;
  bool wanted_ = true;
  RowBatch batch_;
  std::shared_ptr<StringArena> strings_;
};

}  // namespace pxq::local::demo
