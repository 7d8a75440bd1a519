#include "local/exec/key_numbering.h"

#include <bit>
#include <cmath>
#include <functional>
#include <limits>
#include <type_traits>

namespace pxq::local {
namespace {

uint64_t mix(uint64_t bits) {  // spreads every input bit over all output bits
  bits ^= bits >> 32;
  bits *= 0xd6e8feb86659fd93U;
  bits ^= bits >> 32;
  bits *= 0xd6e8feb86659fd93U;
  return bits ^ (bits >> 32);
}

uint64_t hash_of(uint64_t key) { return mix(key); }
uint64_t hash_of(const Uint128& key) { return mix(key.high + mix(key.low)); }
uint64_t hash_of(std::string_view key) { return std::hash<std::string_view>{}(key); }

uint64_t key_of(uint8_t value) { return value; }
uint64_t key_of(int64_t value) { return static_cast<uint64_t>(value); }
uint64_t key_of(Time64 value) { return static_cast<uint64_t>(value.ns); }
uint64_t key_of(double value) {
  // NaNs differ in their bits, and would be a group each.
  return std::bit_cast<uint64_t>(std::isnan(value) ? std::numeric_limits<double>::quiet_NaN()
                                                   : value);
}
Uint128 key_of(const Uint128& value) { return value; }
std::string_view key_of(std::string_view value) { return value; }

template <typename Values>
using KeyOf = decltype(key_of(std::declval<const typename Values::value_type&>()));

uint64_t pair_key(uint32_t first, uint32_t second) { return uint64_t{first} << 32 | second; }

}  // namespace

template <typename Key>
uint32_t Dictionary<Key>::add(const Key& key, [[maybe_unused]] StringArena* strings) {
  // Half of the slots stay free, so that the way to a free one is short.
  if (keys_.size() * 2 >= slots_.size()) grow();
  const uint64_t hash = hash_of(key);
  uint32_t& entry = slots_[slot(key, hash)];
  if (entry == 0) {
    if constexpr (std::is_same_v<Key, std::string_view>) {
      keys_.push_back(strings == nullptr ? key : strings->keep(key));
    } else {
      keys_.push_back(key);
    }
    hashes_.push_back(hash);
    entry = static_cast<uint32_t>(keys_.size());
  }
  return entry - 1;
}

template <typename Key>
uint32_t Dictionary<Key>::find(const Key& key) const {
  if (keys_.empty()) return kUnknown;
  return slots_[slot(key, hash_of(key))] - 1;  // a free slot's 0 wraps to kUnknown
}

/// Where `key` is, or the free slot where it belongs.
template <typename Key>
size_t Dictionary<Key>::slot(const Key& key, uint64_t hash) const {
  const size_t mask = slots_.size() - 1;
  for (size_t i = hash & mask;; i = (i + 1) & mask) {
    const uint32_t entry = slots_[i];
    if (entry == 0 || (hashes_[entry - 1] == hash && keys_[entry - 1] == key)) return i;
  }
}

template <typename Key>
void Dictionary<Key>::grow() {
  slots_.assign(slots_.empty() ? 64 : slots_.size() * 2, 0);
  const size_t mask = slots_.size() - 1;
  for (size_t number = 0; number < hashes_.size(); ++number) {
    size_t i = hashes_[number] & mask;
    while (slots_[i] != 0) i = (i + 1) & mask;
    slots_[i] = static_cast<uint32_t>(number + 1);
  }
}

template class Dictionary<uint64_t>;
template class Dictionary<Uint128>;
template class Dictionary<std::string_view>;

std::vector<uint32_t> KeyNumbering::add(std::span<const ColumnPtr> keys, size_t rows) {
  std::vector<uint32_t> numbers(rows, 0);
  columns_.resize(keys.size());
  prefixes_.resize(keys.empty() ? 0 : keys.size() - 1);
  for (size_t k = 0; k < keys.size(); ++k) {
    std::visit(
        [&](const auto& values) {
          using Key = KeyOf<std::remove_cvref_t<decltype(values)>>;
          if (!std::holds_alternative<Dictionary<Key>>(columns_[k])) {
            columns_[k] = Dictionary<Key>{};
          }
          auto& dictionary = std::get<Dictionary<Key>>(columns_[k]);
          for (size_t row = 0; row < rows; ++row) {
            const uint32_t number = dictionary.add(key_of(values[row]), strings_);
            numbers[row] = k == 0 ? number : prefixes_[k - 1].add(pair_key(numbers[row], number));
          }
        },
        *keys[k]);
  }
  return numbers;
}

std::vector<uint32_t> KeyNumbering::find(std::span<const ColumnPtr> keys, size_t rows) const {
  std::vector<uint32_t> numbers(rows, 0);
  for (size_t k = 0; k < keys.size(); ++k) {
    std::visit(
        [&](const auto& values) {
          using Key = KeyOf<std::remove_cvref_t<decltype(values)>>;
          const auto& dictionary = std::get<Dictionary<Key>>(columns_[k]);
          for (size_t row = 0; row < rows; ++row) {
            if (numbers[row] == kUnknown) continue;
            const uint32_t number = dictionary.find(key_of(values[row]));
            numbers[row] = number == kUnknown || k == 0
                               ? number
                               : prefixes_[k - 1].find(pair_key(numbers[row], number));
          }
        },
        *keys[k]);
  }
  return numbers;
}

size_t KeyNumbering::size() const {
  if (columns_.empty()) return 1;
  if (!prefixes_.empty()) return prefixes_.back().size();
  return std::visit([](const auto& dictionary) { return dictionary.size(); }, columns_.front());
}

}  // namespace pxq::local
