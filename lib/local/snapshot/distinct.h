#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>
#include <vector>

#include "model/row_batch.h"

namespace pxq::local::snapshot {

/// Numbers the values of a column, as long as they are few and come again.
template <typename Cell>
class Distinct {
 public:
  /// Cells are views of what must outlive this. False: numbering them does not pay.
  bool add(const Cell& cell) {
    uint16_t& slot = slots_[slot_of(cell)];
    if (slot == 0) {
      if (cells_.size() == kMost || is_in_vain()) return false;
      cells_.push_back(cell);
      slot = static_cast<uint16_t>(cells_.size());
    }
    numbers_.push_back(static_cast<uint16_t>(slot - 1));
    return true;
  }

  const std::vector<Cell>& cells() const { return cells_; }
  const std::vector<uint16_t>& numbers() const { return numbers_; }

 private:
  static constexpr size_t kMost = 4096;
  static constexpr size_t kSlots = 4 * kMost;
  static constexpr size_t kTried = 512;

  // Told early, so that a column without repeats costs next to nothing.
  bool is_in_vain() const {
    return numbers_.size() >= kTried && cells_.size() * 2 > numbers_.size();
  }

  static uint64_t hash(int64_t cell) { return static_cast<uint64_t>(cell) * 0x9e3779b97f4a7c15U; }
  static uint64_t hash(const Uint128& cell) {
    return (cell.high * 0xd6e8feb86659fd93U ^ cell.low) * 0x9e3779b97f4a7c15U;
  }
  /// Of all bytes, eight at a time, the last eight perhaps once more: a third of std::hash's time.
  static uint64_t hash(std::string_view cell) {
    uint64_t mixed = cell.size();
    const auto mix = [&](const char* at, size_t count) {
      uint64_t word = 0;
      std::memcpy(&word, at, count);
      mixed = (mixed ^ word) * 0x9e3779b97f4a7c15U;
      mixed ^= mixed >> 32;
    };
    const char* const end = cell.data() + cell.size();
    for (const char* at = cell.data(); at + 8 < end; at += 8) mix(at, 8);
    if (cell.size() >= 8) {
      mix(end - 8, 8);
    } else {
      for (const char c : cell) mix(&c, 1);
    }
    return mixed * 0x9e3779b97f4a7c15U;
  }

  /// Where the cell is, or the free slot where it belongs.
  size_t slot_of(const Cell& cell) const {
    size_t at = hash(cell) >> 32 & (kSlots - 1);
    while (slots_[at] != 0 && !(cells_[slots_[at] - 1U] == cell)) at = (at + 1) & (kSlots - 1);
    return at;
  }

  std::array<uint16_t, kSlots> slots_{};  // a cell's number + 1, or 0
  std::vector<Cell> cells_;
  std::vector<uint16_t> numbers_;  // of the cells in their order
};

}  // namespace pxq::local::snapshot
