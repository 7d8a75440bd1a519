#include "text/utf8.h"

#include <string>

#include <catch2/catch.hpp>

namespace pxq {
namespace {

TEST_CASE("well-formed sequences and the borders of each length") {
  CHECK(utf8_sequence("a") == 1);
  CHECK(utf8_sequence("\xc2\x80") == 2);
  CHECK(utf8_sequence("\xe0\xa0\x80") == 3);
  CHECK(utf8_sequence("\xef\xbf\xbf") == 3);
  CHECK(utf8_sequence("\xf0\x90\x80\x80") == 4);
  CHECK(utf8_sequence("\xf4\x8f\xbf\xbf") == 4);
}

TEST_CASE("what is not UTF-8") {
  CHECK(utf8_sequence("") == 0);
  for (const char* broken : {"\x80", "\xbf", "\xc0\xaf", "\xc1\xbf", "\xe0\x9f\xbf", "\xed\xa0\x80",
                             "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff",
                             "\xc3", "\xe2\x82", "\xf0\x9f\x98", "\xc3(", "\xe2(\xa1"}) {
    CHECK(utf8_sequence(broken) == 0);
    CHECK_FALSE(is_utf8(broken));
  }
}

TEST_CASE("decode and encode agree") {
  for (const char32_t code_point : {0x24U, 0x80U, 0x7ffU, 0x800U, 0xffffU, 0x10000U, 0x10ffffU}) {
    char bytes[4];
    const std::string_view text(bytes, static_cast<size_t>(utf8_encode(bytes, code_point) - bytes));
    REQUIRE(utf8_sequence(text) == text.size());
    CHECK(utf8_decode(text, text.size()) == code_point);
  }
  CHECK(is_utf8("gr\xc3\xbc\xc3\x9f \xf0\x9f\x98\x80"));
}

TEST_CASE("text is UTF-8 only where each sequence of it is, at every place and length") {
  for (const std::string_view odd :
       {"\x80", "\xc3", "\xc0\xaf", "\xe2\x82", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xff"}) {
    for (size_t before = 0; before < 70; ++before) {
      for (const size_t after : std::initializer_list<size_t>{0, 1, 7, 8, 31, 32, 40}) {
        const std::string front(before, 'x');
        const std::string back(after, 'y');
        INFO(before << " and " << after);
        CHECK(is_utf8(front + "\xc3\xbc\xe2\x82\xac\xf0\x9f\x99\x82" + back));
        CHECK_FALSE(is_utf8(front + std::string(odd) + back));
        CHECK_FALSE(is_utf8(front + "\xc3\xbc" + std::string(odd) + back));
        CHECK_FALSE(is_utf8("\xc3\xbc" + front + std::string(odd) + back));
      }
    }
  }
}

}  // namespace
}  // namespace pxq
