#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

#include "model/row_batch.h"

namespace pxq::local::snapshot {

/// Numbers the values of a column, as long as they are few and come again.
template <typename Cell>
class Distinct {
 public:
  /// `rows`: how many cells will be added at most.
  explicit Distinct(size_t rows) { numbers_.reserve(rows); }

  /// Cells are views of what must outlive this. False: numbering them does not pay.
  bool add(const Cell& cell) {
    const uint32_t hash = hash_of(cell);
    uint16_t* slot = slot_of(cell, hash);
    if (*slot == 0) {
      if (cells_.size() == kMost || is_in_vain()) return false;
      cells_.push_back(cell);
      hashes_.push_back(hash);
      *slot = static_cast<uint16_t>(cells_.size());
      if (cells_.size() * kSlotsPerCell > slots_.size()) grow();
      numbers_.push_back(static_cast<uint16_t>(cells_.size() - 1));
      return true;
    }
    numbers_.push_back(static_cast<uint16_t>(*slot - 1));
    return true;
  }

  const std::vector<Cell>& cells() const { return cells_; }
  const std::vector<uint16_t>& numbers() const { return numbers_; }

 private:
  static constexpr size_t kMost = 4096;
  static constexpr size_t kSlotsPerCell = 4;
  static constexpr size_t kFirstSlots =
      512;  // most columns of few values stay in the fastest cache
  static constexpr size_t kTried = 512;

  // Told early, so that a column without repeats costs next to nothing.
  bool is_in_vain() const {
    return numbers_.size() >= kTried && cells_.size() * 2 > numbers_.size();
  }

  static constexpr uint64_t kOdd = 0x9e3779b97f4a7c15U;
  static constexpr uint64_t kOther = 0xd6e8feb86659fd93U;

  /// The two words multiplied, its halves folded: every bit of both counts.
  static uint64_t fold(uint64_t a, uint64_t b) {
    __extension__ using Wide = unsigned __int128;
    const Wide product = static_cast<Wide>(a) * b;
    return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
  }
  template <typename Word>
  static uint64_t word(const char* at) {
    Word word;
    std::memcpy(&word, at, sizeof word);
    return word;
  }

  static uint32_t hash_of(int64_t cell) {
    return static_cast<uint32_t>(static_cast<uint64_t>(cell) * kOdd >> 32);
  }
  static uint32_t hash_of(const Uint128& cell) {
    return static_cast<uint32_t>(fold(cell.high ^ kOther, cell.low ^ kOdd));
  }
  /// Of all bytes. Long texts in two runs that do not wait for each other, four words at a time;
  /// the end of a text perhaps once more.
  static uint32_t hash_of(std::string_view cell) {
    const char* at = cell.data();
    size_t left = cell.size();
    uint64_t one = cell.size() ^ kOdd;
    uint64_t two = kOther;
    for (; left > 32; at += 32, left -= 32) {
      one = fold(word<uint64_t>(at) ^ kOther, word<uint64_t>(at + 8) ^ one);
      two = fold(word<uint64_t>(at + 16) ^ kOdd, word<uint64_t>(at + 24) ^ two);
    }
    one ^= two;
    if (left > 16) {
      one = fold(word<uint64_t>(at) ^ kOther, word<uint64_t>(at + 8) ^ one);
      at += 16;
      left -= 16;
    }
    uint64_t first = 0;
    uint64_t last = 0;
    if (left >= 8) {
      first = word<uint64_t>(at);
      last = word<uint64_t>(at + left - 8);
    } else if (left >= 4) {
      first = word<uint32_t>(at);
      last = word<uint32_t>(at + left - 4);
    } else if (left > 0) {
      first = static_cast<unsigned char>(at[0]);
      last =
          static_cast<unsigned char>(at[left / 2]) << 8 | static_cast<unsigned char>(at[left - 1]);
    }
    return static_cast<uint32_t>(fold(first ^ kOther, last ^ one));
  }

  static bool is_same(const auto& one, const auto& other) { return one == other; }
  /// Most are short, where a call would take longer than to compare.
  static bool is_same(std::string_view one, std::string_view other) {
    const size_t size = one.size();
    if (size != other.size()) return false;
    if (size < 8 || size > 16) return one == other;
    const char* const a = one.data();
    const char* const b = other.data();
    return word<uint64_t>(a) == word<uint64_t>(b) &&
           word<uint64_t>(a + size - 8) == word<uint64_t>(b + size - 8);
  }

  /// Where the cell is, or the free slot where it belongs.
  uint16_t* slot_of(const Cell& cell, uint32_t hash) {
    const size_t mask = slots_.size() - 1;
    size_t at = hash & mask;
    while (slots_[at] != 0) {
      const size_t number = slots_[at] - 1U;
      if (hashes_[number] == hash && is_same(cells_[number], cell)) break;
      at = (at + 1) & mask;
    }
    return &slots_[at];
  }

  void grow() {
    slots_.assign(slots_.size() * 2, 0);
    const size_t mask = slots_.size() - 1;
    for (size_t number = 0; number < cells_.size(); ++number) {
      size_t at = hashes_[number] & mask;
      while (slots_[at] != 0) at = (at + 1) & mask;
      slots_[at] = static_cast<uint16_t>(number + 1);
    }
  }

  std::vector<uint16_t> slots_ = std::vector<uint16_t>(kFirstSlots);  // a cell's number + 1, or 0
  std::vector<Cell> cells_;
  std::vector<uint32_t> hashes_;   // of these
  std::vector<uint16_t> numbers_;  // of the cells in their order
};

}  // namespace pxq::local::snapshot
