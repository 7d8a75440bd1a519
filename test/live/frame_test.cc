#include "live/frame.h"

#include <catch2/catch.hpp>

namespace pxq::live {
namespace {

TEST_CASE("A line keeps to its width, whatever is written") {
  Line line(6);
  line.append("ab", kBold).append("cdefgh");
  CHECK(line.text() == "abcde…");
  CHECK(line.width() == 6);
  CHECK(line.append("more").text() == "abcde…");
  Line wide(5);
  CHECK(wide.append("表表表").text() == "表表…");
}

TEST_CASE("Colours in text become styles, and lines its lines") {
  const Lines lines = lines_of("\x1b[36mred\x1b[0m plain\n\n\x1b[2mfaint\x1b[0m");
  REQUIRE(lines.size() == 3);
  REQUIRE(lines[0].spans().size() == 2);
  CHECK(lines[0].spans()[0].style.color == 6);
  CHECK(lines[0].spans()[1].x == 3);
  CHECK(lines[0].text() == "red plain");
  CHECK(lines[1].text().empty());
  CHECK(lines[2].spans()[0].style.faint);
}

TEST_CASE("A long line goes on below its value, at any width") {
  Line line;
  line.append("name", kBold).append("  0123456789abcdef");
  const Lines pieces = wrapped(line, 18, 6);
  REQUIRE(pieces.size() == 2);
  CHECK(pieces[0].text() == "name  0123456789ab");
  CHECK(pieces[1].text() == "      cdef");
  for (size_t width = 1; width < 30; ++width) {
    std::string all;
    for (const Line& piece : wrapped(line, width, 6)) {
      CHECK(piece.width() <= width);
      all += piece.text();
    }
    CHECK(all.find('f') != std::string::npos);
  }
  CHECK(wrapped(Line().append("表表"), 1, 0).size() <= 3);
}

}  // namespace
}  // namespace pxq::live
