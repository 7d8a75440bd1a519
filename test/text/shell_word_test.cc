#include "text/shell_word.h"

#include <array>
#include <catch2/catch.hpp>
#include <cstdio>

namespace pxq {
namespace {

// What a shell makes of the word, by the shell itself.
std::string heard(const std::string& word) {
  FILE* shell = ::popen(("printf %s " + word).c_str(), "r");
  REQUIRE(shell != nullptr);
  std::string text;
  std::array<char, 256> piece;
  while (const size_t got = std::fread(piece.data(), 1, piece.size(), shell)) {
    text.append(piece.data(), got);
  }
  CHECK(::pclose(shell) == 0);
  return text;
}

TEST_CASE("a value in a hint is one word of a shell") {
  for (const std::string value : {"http_events", "Slow requests", "it's", "$HOME", "a`b`", "\\",
                                  "\"", "*", "~", "a;b", "a\nb", ""}) {
    INFO(value);
    CHECK(heard(shell_word(value)) == value);
  }
  CHECK(shell_word("px/http_data") == "px/http_data");
}

}  // namespace
}  // namespace pxq
