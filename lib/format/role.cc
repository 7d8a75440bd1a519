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

void Paint::begin_color(Role role, TextBuffer& out) { out.append(escape_code(role)); }

void Paint::end_color(TextBuffer& out) { out.append("\x1b[0m"); }

}  // namespace pxq
