#pragma once

#include <cstddef>
#include <string>

#include "live/frame.h"
#include "live/key.h"

namespace pxq::live {

/// A line that is being typed; its text is UTF-8.
class TextField final {
 public:
  explicit TextField(std::string text = {}) : text_(std::move(text)), at_(text_.size()) {}

  const std::string& text() const { return text_; }

  /// False: the key does not edit.
  bool key(Key key);

  /// Appends what there is room for around the place of typing, and gives that place.
  size_t draw(Line& line, Style style = {}) const;

 private:
  void back(size_t to);

  std::string text_;
  size_t at_;  // bytes before the place of typing
};

}  // namespace pxq::live
