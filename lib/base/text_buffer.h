#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>

namespace pxq {

/// A growing run of bytes that formats append to. Unlike std::string it never zero-fills, and a
/// writer may ask for room, write there by pointer and then say how much it used.
class TextBuffer {
 public:
  const char* data() const { return bytes_.get(); }
  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  std::string_view view() const { return {bytes_.get(), size_}; }
  void clear() { size_ = 0; }

  /// Room for at least `count` more bytes; valid until the next call that may grow the buffer.
  char* reserve(size_t count) {
    if (capacity_ - size_ < count) grow(count);
    return bytes_.get() + size_;
  }
  /// Takes over `count` bytes written behind the pointer that reserve() gave.
  void advance(size_t count) { size_ += count; }
  /// The same, by the position after the last byte written.
  void advance_to(const char* end) { size_ = static_cast<size_t>(end - bytes_.get()); }

  void append(std::string_view text) {
    if (text.empty()) return;
    char* to = reserve(text.size());
    if (text.size() - 8 <= 8) {  // of names and separators: two moves instead of a call
      std::memcpy(to, text.data(), 8);
      std::memcpy(to + text.size() - 8, text.data() + text.size() - 8, 8);
    } else {
      std::memcpy(to, text.data(), text.size());
    }
    size_ += text.size();
  }
  void append(size_t count, char filler) {
    if (count == 0) return;
    std::memset(reserve(count), filler, count);
    size_ += count;
  }
  void push_back(char byte) {
    *reserve(1) = byte;
    ++size_;
  }
  /// Drops the bytes from `size` on. REQUIRES: size <= this->size().
  void truncate(size_t size) { size_ = size; }
  /// Drops the first `count` bytes. REQUIRES: count <= size().
  void drop_front(size_t count) {
    size_ -= count;
    if (size_ != 0) std::memmove(bytes_.get(), bytes_.get() + count, size_);
  }

 private:
  void grow(size_t count);

  std::unique_ptr<char[]> bytes_;
  size_t size_ = 0;
  size_t capacity_ = 0;
};

}  // namespace pxq
