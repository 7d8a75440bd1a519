#pragma once

#include <string>
#include <string_view>

namespace pxq {

/// Whether the user's locale (LC_ALL, LC_CTYPE, LANG) is one without UTF-8, such as C. Where none
/// is set, as under cron, it is taken to have it.
bool is_ascii_locale();

/// Appends `text` with the signs that pxq itself writes beyond ASCII (`…`, `µ`, `·`, rules and
/// arrows) as one character each that every terminal has, so that columns stay where they are.
/// Other bytes stay as they are: they are data.
void append_with_ascii_signs(std::string_view text, std::string& out);

}  // namespace pxq
