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

  void begin(Role role, TextBuffer& out) const;
  void end(Role role, TextBuffer& out) const;
  void append(Role role, std::string_view text, TextBuffer& out) const {
    begin(role, out);
    out.append(text);
    end(role, out);
  }

 private:
  bool color_;
};

}  // namespace pxq
