#pragma once

#include <cstddef>
#include <vector>

namespace pxq::wire {

/// The last so many of a run of hashes, to know one that comes again. In two arrays, and not in
/// nodes that the allocator would scatter among the buffers of an endless stream.
class RecentHashes {
 public:
  /// Remembers `most` of them, a power of two.
  explicit RecentHashes(size_t most) : most_(most) {}

  /// Whether it is none of those remembered; it is from now on.
  bool insert(size_t hash) {
    if (hash == kNone) hash = 1;
    if (2 * (count_ + 1) > table_.size() && count_ < most_) grow();
    const size_t place = find(hash);
    if (table_[place] == hash) return false;
    table_[place] = hash;
    if (count_ < most_) {
      ++count_;
      arrived_.push_back(hash);
      return true;
    }
    const size_t oldest = arrived_[next_];
    arrived_[next_] = hash;
    next_ = (next_ + 1) % most_;
    erase(find(oldest));
    return true;
  }

 private:
  static constexpr size_t kNone = 0;

  size_t home(size_t hash) const { return hash * 0x9e3779b97f4a7c15ULL >> shift_; }
  size_t after(size_t place) const { return (place + 1) % table_.size(); }

  /// Where the hash is, or the free place for it.
  size_t find(size_t hash) const {
    size_t place = home(hash);
    while (table_[place] != kNone && table_[place] != hash) place = after(place);
    return place;
  }

  void grow() {
    size_t size = 1024;
    while (size < 2 * (count_ + 1)) size *= 2;
    shift_ = 64;
    for (size_t left = size; left > 1; left /= 2) --shift_;
    table_.assign(size, kNone);
    for (const size_t hash : arrived_) table_[find(hash)] = hash;
  }

  /// Those behind a hole that it would hide from their home move up.
  void erase(size_t hole) {
    for (size_t place = after(hole); table_[place] != kNone; place = after(place)) {
      const size_t from_home = (place + table_.size() - home(table_[place])) % table_.size();
      const size_t from_hole = (place + table_.size() - hole) % table_.size();
      if (from_home < from_hole) continue;
      table_[hole] = table_[place];
      hole = place;
    }
    table_[hole] = kNone;
  }

  size_t most_;
  size_t count_ = 0;
  size_t next_ = 0;  // of arrived_, once it is full: the oldest
  unsigned shift_ = 64;
  std::vector<size_t> table_;  // open addressing, at most half full
  std::vector<size_t> arrived_;
};

}  // namespace pxq::wire
