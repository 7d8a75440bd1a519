#include "format/role.h"

namespace pxq {
namespace {

std::string_view escape_code(Role role) {
  switch (role) {
    case Role::kTitle:
    case Role::kHeader: return "\x1b[1m";
    case Role::kFaint: return "\x1b[2m";
    case Role::kWarning: return "\x1b[33m";
    case Role::kBad: return "\x1b[31m";
    case Role::kPlain: break;
  }
  return "";
}

}  // namespace

void Paint::begin(Role role, TextBuffer& out) const {
  if (color_) out.append(escape_code(role));
}

void Paint::end(Role role, TextBuffer& out) const {
  if (color_ && role != Role::kPlain) out.append("\x1b[0m");
}

}  // namespace pxq
