#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "local/exec/frame.h"

namespace pxq::local {

/// Numbers distinct keys from 0 in order of first appearance.
template <typename Key>
class Dictionary {
 public:
  static constexpr uint32_t kUnknown = UINT32_MAX;

  /// A string that is new is copied into `strings` where there are such; else it must outlive this.
  uint32_t add(const Key& key, StringArena* strings = nullptr);
  uint32_t find(const Key& key) const;
  size_t size() const { return keys_.size(); }

 private:
  size_t slot(const Key& key, uint64_t hash) const;
  void grow();

  std::vector<uint32_t> slots_;  // a key's number + 1, or 0 where free; a power of two of them
  std::vector<Key> keys_;
  std::vector<uint64_t> hashes_;
};

/// Numbers the distinct tuples of several key columns from 0 in order of first appearance. Strings
/// are equal by their bytes. Floats are equal by their bits, so 0.0 and -0.0 differ, but any NaN
/// equals any other. Without key columns all rows are tuple 0.
class KeyNumbering {
 public:
  static constexpr uint32_t kUnknown = UINT32_MAX;

  /// Strings of keys are kept in `strings`, which must outlive this; without it the strings of all
  /// calls must.
  explicit KeyNumbering(StringArena* strings = nullptr) : strings_(strings) {}

  /// The number of each row's tuple; tuples not seen before get the next numbers.
  /// REQUIRES: the same column types in every call.
  std::vector<uint32_t> add(std::span<const ColumnPtr> keys, size_t rows);

  /// The number of each row's tuple, or kUnknown. REQUIRES: the types that add() has seen.
  std::vector<uint32_t> find(std::span<const ColumnPtr> keys, size_t rows) const;

  /// How many tuples there are.
  size_t size() const;

 private:
  using ColumnDictionary =
      std::variant<Dictionary<uint64_t>, Dictionary<Uint128>, Dictionary<std::string_view>>;

  StringArena* strings_;
  std::vector<ColumnDictionary> columns_;       // each key column's values
  std::vector<Dictionary<uint64_t>> prefixes_;  // (number of the columns before, this column's)
};

}  // namespace pxq::local
