#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace pxq::pxl {

/// The bytes of a text one by one, with the reference's idea of where they are: a line counts as
/// begun once its first byte was looked at, even by a look ahead, and the column moves on with
/// every read, at the end too.
class Characters {
 public:
  static constexpr int kEnd = -1;

  explicit Characters(std::string_view text) : text_(text) {}

  int next() {
    ++column_;
    if (position_ == fetched_ && !last_line_) fetch_line();
    if (position_ == text_.size()) return kEnd;
    return static_cast<unsigned char>(text_[position_++]);
  }
  /// Takes back what next() gave last.
  void put_back(int character) {
    --column_;
    if (character != kEnd) --position_;
  }
  /// Whether the last line was begun: most "at the end" questions of the reference mean this.
  bool in_last_line() const { return last_line_; }

  size_t position() const { return position_; }
  uint32_t line() const { return line_; }
  uint32_t column() const { return column_; }
  void start_line() { column_ = 0; }
  void widen(uint32_t columns) { column_ += columns; }
  std::string_view slice(size_t begin) const { return text_.substr(begin, position_ - begin); }

 private:
  void fetch_line() {
    ++line_;
    const size_t end = text_.find('\n', fetched_);
    last_line_ = end == std::string_view::npos;
    fetched_ = last_line_ ? text_.size() : end + 1;
  }

  std::string_view text_;
  size_t position_ = 0;
  size_t fetched_ = 0;  // where the last line begun so far ends
  uint32_t line_ = 0;
  uint32_t column_ = 0;
  bool last_line_ = false;
};

}  // namespace pxq::pxl
