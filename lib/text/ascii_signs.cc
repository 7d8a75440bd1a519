#include "text/ascii_signs.h"

#include <algorithm>
#include <cctype>
#include <utility>

#include "base/environment.h"

namespace pxq {
namespace {

constexpr std::pair<std::string_view, char> kSigns[] = {{"…", '~'}, {"µ", 'u'}, {"·", '-'},
                                                        {"⋮", ':'}, {"─", '-'}, {"↵", '$'},
                                                        {"▲", '^'}, {"▼", 'v'}, {"│", '|'}};

}  // namespace

bool is_ascii_locale() {
  // In POSIX's order: the first that is set and not empty decides.
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    std::string locale = environment(name);
    if (locale.empty()) continue;
    std::ranges::transform(locale, locale.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return locale.find("utf-8") == std::string::npos && locale.find("utf8") == std::string::npos;
  }
  return false;
}

void append_with_ascii_signs(std::string_view text, std::string& out) {
  while (!text.empty()) {
    // All of them begin with a byte from 0xc2 on, and most text has none.
    const auto first = std::ranges::find_if(
        text, [](char byte) { return static_cast<unsigned char>(byte) >= 0xc2; });
    const auto plain = static_cast<size_t>(first - text.begin());
    out.append(text.substr(0, plain));
    text.remove_prefix(plain);
    if (text.empty()) return;
    const auto sign = std::ranges::find_if(
        kSigns, [text](const auto& known) { return text.starts_with(known.first); });
    const bool known = sign != std::end(kSigns);
    out.push_back(known ? sign->second : text[0]);
    text.remove_prefix(known ? sign->first.size() : 1);
  }
}

}  // namespace pxq
