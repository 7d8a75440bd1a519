#include "text/ascii_signs.h"

#include <catch2/catch.hpp>

namespace pxq {
namespace {

std::string shown(std::string_view text) {
  std::string out;
  append_with_ascii_signs(text, out);
  return out;
}

TEST_CASE("signs of ours become one ASCII character each, data stays") {
  CHECK(shown("") == "");
  CHECK(shown("plain") == "plain");
  CHECK(shown("1.5 µs · cut…") == "1.5 us - cut~");
  CHECK(shown("──⋮↵") == "--:$");
  CHECK(shown("größe 世界\xff") == "größe 世界\xff");
}

}  // namespace
}  // namespace pxq
