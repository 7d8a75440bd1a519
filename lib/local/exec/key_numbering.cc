#include "local/exec/key_numbering.h"

#include <array>
#include <bit>
#include <cmath>
#include <cstring>
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

uint64_t word_at(const char* bytes) {
  uint64_t word = 0;
  std::memcpy(&word, bytes, sizeof word);
  return word;
}

/// Inlined, because keys are short: a call for each row would cost more than the bytes.
uint64_t hash_of(std::string_view key) {
  const char* at = key.data();
  size_t left = key.size();
  uint64_t hash = mix(left);
  for (; left > 8; at += 8, left -= 8) hash = mix(hash ^ word_at(at));
  uint64_t last = 0;
  if (key.size() >= 8) {
    last = word_at(key.data() + key.size() - 8);  // the end, some of it once more
  } else {
    for (size_t i = 0; i < left; ++i) last = last << 8 | static_cast<uint8_t>(at[i]);
  }
  return mix(hash ^ last);
}

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

// Texts are the same where they lie, or they are looked at more closely elsewhere.
bool is_same_place(const auto& a, const auto& b) { return a == b; }
bool is_same_place(std::string_view a, std::string_view b) {
  return a.data() == b.data() && a.size() == b.size();
}

/// The numbers of values that were met a moment ago. Texts of a dictionary, and what functions say
/// of few things, are the same bytes at the same place again and again: they need not be hashed.
template <typename Key>
class Recent {
 public:
  uint32_t number(const Key& key, const auto& add) {
    if (!helps_) return add(key);
    Entry& entry = entries_[place(key)];
    if (entry.used && is_same_place(entry.key, key)) return entry.number;
    entry = {key, add(key), true};
    // Values that never come back are not worth the look.
    if (++misses_ == kMisses) helps_ = false;
    return entry.number;
  }

 private:
  static constexpr size_t kEntries = 256;
  static constexpr size_t kMisses = 2048;  // of a batch's rows
  struct Entry {
    Key key{};
    uint32_t number = 0;
    bool used = false;
  };

  static size_t place(uint64_t key) { return spread(key); }
  static size_t place(const Uint128& key) { return spread(key.high ^ key.low); }
  static size_t place(std::string_view key) {
    return spread(reinterpret_cast<uintptr_t>(key.data()));
  }
  static size_t spread(uint64_t bits) { return (bits * 0x9e3779b97f4a7c15U) >> 56; }

  std::array<Entry, kEntries> entries_{};
  size_t misses_ = 0;
  bool helps_ = true;
};

/// What follows a tuple that is known by its number, where it is mostly the same: keys that tell of
/// another one, as names of a process, need be neither numbered nor paired then.
template <typename Key>
class KnownNext {
 public:
  uint32_t number(uint32_t tuple, const Key& key, const auto& add) {
    if (!helps_ || tuple >= kEntries) return add();
    Entry& entry = entries_[tuple];
    if (entry.used && is_same_place(entry.key, key)) return entry.number;
    entry = {key, add(), true};
    if (++misses_ == kMisses) helps_ = false;
    return entry.number;
  }

 private:
  static constexpr size_t kEntries = 128;
  static constexpr size_t kMisses = 192;  // of a batch's rows; one for each is none of them
  struct Entry {
    Key key{};
    uint32_t number = 0;
    bool used = false;
  };

  std::array<Entry, kEntries> entries_{};
  size_t misses_ = 0;
  bool helps_ = true;
};

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
          // Of this batch alone: others may have other texts at the same place.
          Recent<Key> recent;
          const auto add = [&](const Key& key) { return dictionary.add(key, strings_); };
          if (k == 0) {
            for (size_t row = 0; row < rows; ++row) {
              numbers[row] = recent.number(key_of(values[row]), add);
            }
            return;
          }
          Recent<uint64_t> pairs;
          KnownNext<Key> next;
          const auto add_pair = [&](uint64_t pair) { return prefixes_[k - 1].add(pair); };
          for (size_t row = 0; row < rows; ++row) {
            const Key& key = key_of(values[row]);
            numbers[row] = next.number(numbers[row], key, [&] {
              return pairs.number(pair_key(numbers[row], recent.number(key, add)), add_pair);
            });
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
