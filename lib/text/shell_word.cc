#include "text/shell_word.h"

#include <algorithm>

namespace pxq {
namespace {

bool is_plain(char byte) {
  return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
         (byte >= '0' && byte <= '9') ||
         std::string_view("_-./:,+@%").find(byte) != std::string_view::npos;
}

}  // namespace

std::string shell_word(std::string_view value) {
  if (!value.empty() && std::ranges::all_of(value, is_plain)) return std::string(value);
  std::string word = "'";
  for (const char byte : value) {
    // Quotes end, a quote of its own follows, and they begin anew.
    word += byte == '\'' ? std::string_view("'\\''") : std::string_view(&byte, 1);
  }
  return word + "'";
}

}  // namespace pxq
