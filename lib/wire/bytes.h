#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <memory_resource>
#include <string_view>
#include <vector>

namespace pxq::wire {

/// The pieces that a message came in, and room for values that lie across two of them. Whose bytes
/// the pieces are, keeps them alive. One thread.
class Pieces {
 public:
  void add(std::string_view piece) {
    pieces_.push_back(piece);
    size_ += piece.size();
  }
  size_t size() const { return size_; }
  size_t count() const { return pieces_.size(); }
  std::string_view operator[](size_t index) const { return pieces_[index]; }

  /// Room that lasts as long as this.
  char* room(size_t size) { return static_cast<char*>(room_.allocate(size, 1)); }

 private:
  static constexpr size_t kFirstRoom = 8u << 10;

  std::vector<std::string_view> pieces_;
  size_t size_ = 0;
  std::pmr::monotonic_buffer_resource room_{kFirstRoom};
};

/// A view of bytes that lie in one piece or in several: what std::string_view is to a string.
class Bytes {
 public:
  Bytes() = default;
  template <std::convertible_to<std::string_view> Text>
  Bytes(const Text& text) {  // NOLINT(google-explicit-constructor): as std::string_view has it
    const std::string_view whole = text;
    at_ = whole.data();
    here_ = size_ = whole.size();
  }
  explicit Bytes(Pieces& pieces) : size_(pieces.size()), pieces_(&pieces) {
    if (pieces.count() == 0) return;
    at_ = pieces[0].data();
    here_ = pieces[0].size();
    next_ = 1;
  }

  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

  /// Gives each piece of them in turn.
  template <typename Take>
  void each_piece(Take take) const {
    if (here_ != 0) take(std::string_view(at_, here_));
    size_t later = size_ - here_;
    for (size_t i = next_; later != 0; ++i) {
      const std::string_view piece = (*pieces_)[i].substr(0, later);
      if (!piece.empty()) take(piece);
      later -= piece.size();
    }
  }

  /// All of them in one piece, copied into the room of the pieces where they are not.
  std::string_view whole() const;

 private:
  friend class WireReader;  // which alone steps from piece to piece

  Bytes(const char* at, size_t here, size_t size, Pieces* pieces, size_t next)
      : at_(at), here_(here), size_(size), pieces_(pieces), next_(next) {}

  const char* at_ = nullptr;
  size_t here_ = 0;  // how many of them are at at_; the others are in later pieces
  size_t size_ = 0;
  Pieces* pieces_ = nullptr;
  size_t next_ = 0;  // the first of the later pieces
};

}  // namespace pxq::wire
