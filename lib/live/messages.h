#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "live/frame.h"

namespace pxq::live {

/// How loud something is that was said of a run.
enum class Tone { kNote, kWarning, kError };

/// What was said of a run: errors and warnings are not lost because a screen is in the way.
class Messages final {
 public:
  void add(Tone tone, std::string_view text);
  bool empty() const { return all_.empty(); }

  /// The first of the loudest in one line, and how many more there are; empty: there are only
  /// notes.
  Line summary(size_t width) const;

  /// All, in their order.
  Lines lines() const;

 private:
  struct Message {
    Tone tone;
    std::string text;
  };

  std::vector<Message> all_;
};

}  // namespace pxq::live
