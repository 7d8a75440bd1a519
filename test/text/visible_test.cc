#include "text/visible.h"

#include <catch2/catch.hpp>

namespace pxq {
namespace {

TEST_CASE("plain and foreign text passes") {
  CHECK(visible("") == "");
  CHECK(visible("GET /a?b=c 'x' \\x1b") == "GET /a?b=c 'x' \\x1b");
  CHECK(visible("gr\xc3\xbc\xc3\x9f \xe6\x97\xa5\xe6\x9c\xac") ==
        "gr\xc3\xbc\xc3\x9f \xe6\x97\xa5\xe6\x9c\xac");
  const std::string family = "\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa7";  // joined by U+200D
  CHECK(visible(family) == family);
}

TEST_CASE("no control byte passes, in whatever clothes") {
  CHECK(visible("a\nb") == "a↵b");
  CHECK(visible("\r\n") == "\\x0d↵");
  CHECK(visible("\t") == "\\x09");
  CHECK(visible("\x1b[2J") == "\\x1b[2J");
  CHECK(visible("\x1b]0;title\x07") == "\\x1b]0;title\\x07");
  CHECK(visible(std::string_view("\0", 1)) == "\\x00");
  CHECK(visible("\x7f") == "\\x7f");
  CHECK(visible("\x9b"
                "31m") == "\\x9b31m");  // C1 as a bare byte
  CHECK(visible("\xc2\x9b"
                "31m") == "\\xc2\\x9b31m");  // C1 as UTF-8
  CHECK(visible("\xe2\x80\xae"
                "abc") == "\\xe2\\x80\\xaeabc");        // right-to-left override
  CHECK(visible("\xe2\x81\xa6") == "\\xe2\\x81\\xa6");  // isolate
  CHECK(visible("\xe2\x80\xa8") == "\\xe2\\x80\\xa8");  // line separator
  CHECK(visible("\xef\xbb\xbf"
                "x") == "\\xef\\xbb\\xbfx");
}

TEST_CASE("bytes that are not UTF-8 are shown one by one") {
  CHECK(visible("a\xff"
                "b") == "a\\xffb");
  CHECK(visible("\xed\xa0\x80") == "\\xed\\xa0\\x80");
  CHECK(visible("caf\xc3") == "caf\\xc3");
}

TEST_CASE("every pair of bytes comes out free of control bytes") {
  bool clean = true;
  for (int first = 0; first < 256; ++first) {
    for (int second = 0; second < 256; ++second) {
      const char bytes[] = {static_cast<char>(first), static_cast<char>(second)};
      for (const char out : visible({bytes, 2})) {
        clean = clean && out != 0x7f && (static_cast<unsigned char>(out) >= 0x20);
      }
    }
  }
  CHECK(clean);
}

TEST_CASE("the width given is that of what was appended") {
  TextBuffer out;
  CHECK(append_visible("abc", out) == 3);
  CHECK(append_visible("\n", out) == 1);
  CHECK(append_visible("\x1b", out) == 4);
  CHECK(append_visible("\xe6\x97\xa5", out) == 2);
  CHECK(append_visible("e\xcc\x81", out) == 1);
}

}  // namespace
}  // namespace pxq
