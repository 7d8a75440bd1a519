#include "text/width.h"

#include <catch2/catch.hpp>
#include <string>

namespace pxq {
namespace {

const std::string kJapan = "\xe6\x97\xa5\xe6\x9c\xac";         // two wide signs
const std::string kAccent = "e\xcc\x81";                       // e and a combining accent
const std::string kFlag = "\xf0\x9f\x87\xa9\xf0\x9f\x87\xaa";  // two regional indicators
const std::string kFamily = "\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa7";

std::string cut(const std::string& text, size_t limit) {
  TextBuffer out;
  out.append("before");
  out.append(text);
  const size_t width = cut_to_width(out, 6, limit);
  CHECK(width <= limit);
  CHECK(width == display_width(out.view().substr(6)));
  return std::string(out.view().substr(6));
}

TEST_CASE("cells by grapheme cluster") {
  CHECK(display_width("") == 0);
  CHECK(display_width("abc") == 3);
  CHECK(display_width(kJapan) == 4);
  CHECK(display_width(kAccent) == 1);
  CHECK(display_width("\xcc\x81") == 0);
  CHECK(display_width(kFlag) == 2);
  CHECK(display_width(kFlag + kFlag) == 4);
  CHECK(display_width(kFamily) == 2);
  CHECK(display_width("\xe2\x9d\xa4\xef\xb8\x8f") == 2);  // a heart asked to be an emoji
  CHECK(display_width("\xff") == 1);
}

TEST_CASE("plain text before and after other signs counts a cell a byte") {
  CHECK(display_width("plain text, then " + kAccent + " and " + kJapan + " again") == 33);
  CHECK(display_width(std::string(100, 'x') + "\xcc\x81" + std::string(100, 'y')) == 200);
  CHECK(display_width("key 1\xef\xb8\x8f\xe2\x83\xa3") == 6);  // a digit made an emoji
}

TEST_CASE("what fits is left alone") {
  CHECK(cut("abc", 3) == "abc");
  CHECK(cut(kJapan, 4) == kJapan);
  CHECK(cut("", 0) == "");
  CHECK(cut(std::string(50, 'x') + "\xcc\x81", 50) == std::string(50, 'x') + "\xcc\x81");
}

TEST_CASE("what does not fit ends in an ellipsis and no cluster is split") {
  CHECK(cut("abcd", 3) == "ab…");
  CHECK(cut("abcd", 1) == "…");
  CHECK(cut("abcd", 0) == "");
  CHECK(cut(kJapan, 3) == "\xe6\x97\xa5…");
  CHECK(cut(kJapan, 2) == "…");
  CHECK(cut(kAccent + kAccent + kAccent, 2) == kAccent + "…");
  CHECK(cut("a" + kFamily + "b", 3) == "a…");
}

}  // namespace
}  // namespace pxq
