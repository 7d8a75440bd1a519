#include "format/column_fit.h"

#include <algorithm>

namespace pxq {
namespace {

constexpr size_t kMarkWidth = 1;

class Fitting {
 public:
  Fitting(const std::vector<ColumnWish>& wishes, size_t width)
      : wishes_(wishes), width_(width), shown_(wishes.size(), true) {}

  ColumnFit fit() {
    drop_until_least_fits();
    ColumnFit result;
    result.widths = share_out();
    result.hidden = hidden_;
    if (hidden_ != 0) {
      result.mark_before =
          static_cast<size_t>(std::find(shown_.begin(), shown_.end(), false) - shown_.begin());
    }
    return result;
  }

 private:
  // What is left for values after gaps and the mark.
  size_t room() const {
    const size_t pieces = wishes_.size() - hidden_ + (hidden_ != 0 ? 1 : 0);
    const size_t taken =
        (pieces == 0 ? 0 : pieces - 1) * kColumnGap + (hidden_ != 0 ? kMarkWidth : 0);
    return width_ > taken ? width_ - taken : 0;
  }

  // Widths when no column is longer than `level` unless its least is.
  size_t at_level(size_t column, size_t level, bool below_least) const {
    if (!shown_[column]) return 0;
    const ColumnWish& wish = wishes_[column];
    const size_t least = below_least ? 1 : std::min(wish.least, wish.natural);
    return std::clamp(level, least, std::max(least, wish.natural));
  }
  size_t sum_at_level(size_t level, bool below_least) const {
    size_t sum = 0;
    for (size_t i = 0; i < wishes_.size(); ++i) sum += at_level(i, level, below_least);
    return sum;
  }

  void drop_until_least_fits() {
    while (sum_at_level(1, false) > room() && hidden_ + 1 < wishes_.size()) {
      shown_[least_missed()] = false;
      ++hidden_;
    }
    bring_back();
  }

  // A wide column that went last may leave room for narrow ones that went before it.
  void bring_back() {
    std::vector<size_t> hidden;
    for (size_t i = 0; i < wishes_.size(); ++i) {
      if (!shown_[i]) hidden.push_back(i);
    }
    std::stable_sort(hidden.begin(), hidden.end(),
                     [this](size_t a, size_t b) { return wishes_[a].rank > wishes_[b].rank; });
    for (const size_t column : hidden) {
      shown_[column] = true;
      --hidden_;
      if (sum_at_level(1, false) <= room()) continue;
      shown_[column] = false;
      ++hidden_;
    }
  }

  size_t least_missed() const {
    size_t least = wishes_.size();
    for (size_t i = 0; i < wishes_.size(); ++i) {
      if (!shown_[i]) continue;
      if (least == wishes_.size() || wishes_[i].rank <= wishes_[least].rank) least = i;
    }
    return least;
  }

  // The highest level that fits, and the cells left over to the columns that wish for more.
  std::vector<size_t> share_out() const {
    const bool below_least = sum_at_level(1, false) > room();
    size_t low = 1;
    size_t high = std::max<size_t>(width_, 1);
    while (low < high) {
      const size_t level = low + (high - low + 1) / 2;
      if (sum_at_level(level, below_least) <= room()) {
        low = level;
      } else {
        high = level - 1;
      }
    }
    std::vector<size_t> widths(wishes_.size());
    for (size_t i = 0; i < widths.size(); ++i) widths[i] = at_level(i, low, below_least);
    const size_t used = sum_at_level(low, below_least);
    size_t left_over = room() > used ? room() - used : 0;
    for (size_t i = 0; i < widths.size() && left_over != 0; ++i) {
      if (!shown_[i] || widths[i] != low || widths[i] >= wishes_[i].natural) continue;
      ++widths[i];
      --left_over;
    }
    return widths;
  }

  const std::vector<ColumnWish>& wishes_;
  const size_t width_;
  std::vector<bool> shown_;
  size_t hidden_ = 0;
};

}  // namespace

ColumnFit fit_columns(const std::vector<ColumnWish>& wishes, size_t width) {
  return Fitting(wishes, width).fit();
}

ColumnFit natural_columns(const std::vector<ColumnWish>& wishes) {
  ColumnFit fit;
  for (const ColumnWish& wish : wishes) fit.widths.push_back(wish.natural);
  return fit;
}

}  // namespace pxq
