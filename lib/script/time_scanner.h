#pragma once

#include <cstddef>
#include <string_view>

namespace pxq {

inline bool is_digit(char byte) { return byte >= '0' && byte <= '9'; }

/// Takes fixed shapes off the front of a text; false leaves the text where it was. A view.
class Scanner final {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  bool done() const { return rest_.empty(); }
  bool at_digit() const { return !rest_.empty() && is_digit(rest_[0]); }
  std::string_view rest() const { return rest_; }

  bool take(char byte) {
    if (rest_.empty() || rest_[0] != byte) return false;
    rest_.remove_prefix(1);
    return true;
  }
  bool take(std::string_view word) {
    if (!rest_.starts_with(word)) return false;
    rest_.remove_prefix(word.size());
    return true;
  }
  // Exactly `count` digits, with no further one behind them.
  bool digits(size_t count, int& value) {
    if (rest_.size() < count || (rest_.size() > count && is_digit(rest_[count]))) return false;
    int number = 0;
    for (size_t i = 0; i < count; ++i) {
      if (!is_digit(rest_[i])) return false;
      number = number * 10 + (rest_[i] - '0');
    }
    rest_.remove_prefix(count);
    value = number;
    return true;
  }
  std::string_view digits() {
    size_t count = 0;
    while (count < rest_.size() && is_digit(rest_[count])) ++count;
    const std::string_view run = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return run;
  }

 private:
  std::string_view rest_;
};

}  // namespace pxq
