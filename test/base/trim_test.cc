#include "base/trim.h"

#include <catch2/catch.hpp>

namespace pxq {
namespace {

TEST_CASE("blanks go from both ends and stay within") {
  CHECK(trimmed("a", " \t") == "a");
  CHECK(trimmed(" \t a \t b\t ", " \t") == "a \t b");
  CHECK(trimmed("  a", " ") == "a");
  CHECK(trimmed("a  ", " ") == "a");
}

TEST_CASE("of nothing but blanks nothing is left") {
  CHECK(trimmed("", " \t").empty());
  CHECK(trimmed(" \t ", " \t").empty());
}

TEST_CASE("only the blanks that are named go") {
  CHECK(trimmed(" \ta\r\n", " \t") == "a\r\n");
  CHECK(trimmed(" \ta\r\n", " \t\r") == "a\r\n");
  CHECK(trimmed(" \ta\r\n", " \t\r\n") == "a");
  CHECK(trimmed("\v a", " ") == "\v a");
  CHECK(trimmed(" a ", "") == " a ");
}

TEST_CASE("what is trimmed is a part of the text that was given") {
  constexpr std::string_view kText = "  a b ";
  static_assert(trimmed(kText, " ") == "a b");
  CHECK(trimmed(kText, " ").data() == kText.data() + 2);
}

}  // namespace
}  // namespace pxq
