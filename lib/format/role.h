#pragma once

#include <string_view>

#include "base/text_buffer.h"

namespace pxq {

/// Why a piece of text may look different. Layouts say roles; only Paint knows escape codes.
enum class Role { kPlain, kTitle, kHeader, kFaint, kWarning, kBad };

/// Dresses text in its role's colour, or leaves it as it is.
class Paint {
 public:
  explicit Paint(bool color) : color_(color) {}

  /// Whether a role makes a difference.
  bool is_on() const { return color_; }

  void begin(Role role, TextBuffer& out) const {
    if (color_) begin_color(role, out);
  }
  void end(Role role, TextBuffer& out) const {
    if (color_ && role != Role::kPlain) end_color(out);
  }
  void append(Role role, std::string_view text, TextBuffer& out) const {
    begin(role, out);
    out.append(text);
    end(role, out);
  }

 private:
  static void begin_color(Role role, TextBuffer& out);
  static void end_color(TextBuffer& out);

  bool color_;
};

}  // namespace pxq
