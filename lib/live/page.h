#pragma once

#include <string>

#include "live/frame.h"
#include "live/key.h"

namespace pxq::live {

/// What lies over the tables for a while: help, messages, a list to choose from, a form.
class Page {
 public:
  enum class Outcome { kStays, kClosed, kDone };

  Page() = default;
  Page(const Page&) = delete;
  Page& operator=(const Page&) = delete;
  virtual ~Page() = default;

  virtual Outcome key(Key key) = 0;

  /// Lines of at most `width` cells, at most `height` of them.
  virtual Frame draw(size_t width, size_t height) = 0;

  /// What its keys are, for the line below it.
  virtual std::string keys() const = 0;
};

/// Text to scroll through.
class TextPage final : public Page {
 public:
  explicit TextPage(Lines lines) : lines_(std::move(lines)) {}

  Outcome key(Key key) override;
  Frame draw(size_t width, size_t height) override;
  std::string keys() const override { return "q closes, arrows and space scroll"; }

 private:
  const Lines lines_;
  size_t top_ = 0;
  size_t page_ = 1;
};

/// Moves `top` as the keys of less do; false: the key does not scroll.
bool scroll(Key key, size_t page, size_t& top);

}  // namespace pxq::live
