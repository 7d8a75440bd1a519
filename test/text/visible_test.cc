#include "text/visible.h"

#include <catch2/catch.hpp>

#include "text/utf8.h"
#include "text/width.h"

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

TEST_CASE("the width counted on the way is the width of the whole") {
  const auto agrees = [](const std::string& text) {
    TextBuffer out;
    const size_t width = append_visible(text, out);
    return width == display_width(out.view());
  };
  std::string all;
  for (char32_t c = 0; c < 0x400; ++c) {
    char bytes[4];
    const std::string one(bytes, utf8_encode(bytes, c));
    INFO("U+" << static_cast<uint32_t>(c));
    CHECK(agrees(one));
    CHECK(agrees("a" + one + "b" + one + one + "\n" + one));
    CHECK(agrees(one + "\xcc\x81" + one));  // a combining accent
    CHECK(agrees("\n\xcc\x81" + one + "\xff\xcc\x81"));
    all += one;
  }
  CHECK(agrees(all));
  CHECK(agrees("\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa7 caf\xc3\xa9"));
}

}  // namespace
}  // namespace pxq
