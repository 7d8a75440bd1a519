#include "text/csv.h"

#include <catch2/catch.hpp>
#include <string>

#include "text/base64.h"

namespace pxq {
namespace {

template <typename Append>
std::string through(Append append, std::string_view bytes) {
  TextBuffer out;
  append(bytes, out);
  return std::string(out.view());
}

TEST_CASE("csv quotes a field only when it must") {
  const auto csv = [](std::string_view bytes) { return through(append_csv_field, bytes); };
  CHECK(csv("") == "");
  CHECK(csv("plain 'text' =1") == "plain 'text' =1");
  CHECK(csv("a,b") == "\"a,b\"");
  CHECK(csv("\"") == "\"\"\"\"");
  CHECK(csv("say \"hi\" to all of them") == "\"say \"\"hi\"\" to all of them\"");
  CHECK(csv("two\nlines") == "\"two\nlines\"");
  CHECK(csv("crlf\r\n") == "\"crlf\r\n\"");
}

TEST_CASE("csv finds the one special byte wherever it stands") {
  for (size_t before = 0; before < 20; ++before) {
    for (const char special : {',', '\n', '\r'}) {
      const std::string text = std::string(before, 'x') + special + "yyyyyyyyy";
      CHECK(through(append_csv_field, text) == "\"" + text + "\"");
    }
  }
}

TEST_CASE("csv quotes blanks at the ends, which readers such as ClickHouse take away otherwise") {
  for (const std::string text : {" a", "a ", "\ta", "a\t", " ", "\t", "  a b  "}) {
    CHECK(through(append_csv_field, text) == "\"" + text + "\"");
  }
  TextBuffer out;
  append_separated_field(" a", ';', out);
  CHECK(out.view() == "\" a\"");
}

TEST_CASE("a field between other separators is quoted for them") {
  const auto field = [](std::string_view bytes) {
    TextBuffer out;
    append_separated_field(bytes, ';', out);
    return std::string(out.view());
  };
  CHECK(field("") == "");
  CHECK(field("a,b") == "a,b");
  CHECK(field("a;b") == "\"a;b\"");
  CHECK(field("a long text with one ; in it") == "\"a long text with one ; in it\"");
  CHECK(field("say \"hi\"") == "\"say \"\"hi\"\"\"");
  CHECK(field("two\nlines") == "\"two\nlines\"");
}

TEST_CASE("csv keeps hostile bytes as they are") {
  const std::string bytes("\x00\x1b[2J\xff\x80\xe2\x80\xae", 10);
  CHECK(through(append_csv_field, bytes) == bytes);
}

TEST_CASE("tsv writes four escapes and nothing else") {
  const auto tsv = [](std::string_view bytes) { return through(append_tsv_field, bytes); };
  CHECK(tsv("a\tb\nc\rd\\e,\"f\"") == "a\\tb\\nc\\rd\\\\e,\"f\"");
  CHECK(tsv("\\t") == "\\\\t");
  CHECK(tsv("") == "");
  CHECK(tsv("\xff\x1b") == "\xff\x1b");
}

TEST_CASE("base64 by the examples of RFC 4648") {
  const auto base64 = [](std::string_view bytes) { return through(append_base64, bytes); };
  CHECK(base64("") == "");
  CHECK(base64("f") == "Zg==");
  CHECK(base64("fo") == "Zm8=");
  CHECK(base64("foobar") == "Zm9vYmFy");
  CHECK(base64("\xff\xfe\xfd") == "//79");
}

TEST_CASE("base64 is read strictly, in either alphabet") {
  CHECK(decode_base64("") == "");
  CHECK(decode_base64("Zg==") == "f");
  CHECK(decode_base64("Zm8=") == "fo");
  CHECK(decode_base64("Zm9vYmFy") == "foobar");
  CHECK(decode_base64("+/+/") == "\xfb\xff\xbf");
  CHECK(decode_base64url("-_-_") == "\xfb\xff\xbf");
  CHECK(decode_base64url("Zg") == "f");
  for (const char* wrong : {"Zg", "Zg=", "Z===", "====", "Zh==", "Zm9v\n", "Zm 9", "-_-_"}) {
    INFO(wrong);
    CHECK_FALSE(decode_base64(wrong));
  }
  for (const char* wrong : {"Z", "Zg==", "Zh", "+/+/"}) {
    INFO(wrong);
    CHECK_FALSE(decode_base64url(wrong));
  }
}

TEST_CASE("copying a field tells whether it is ASCII, whatever else it holds") {
  const auto semicolons = [](std::string_view bytes, TextBuffer& out) {
    return append_separated_field(bytes, ';', out);
  };
  for (bool (*const append)(std::string_view, TextBuffer&) :
       {append_csv_field, append_tsv_field, +semicolons}) {
    for (const size_t size : std::initializer_list<size_t>{0, 1, 7, 15, 16, 31, 33, 200, 9000}) {
      for (const std::string_view special : {"", ",", "\"", "\n", "\t", "\\", ";"}) {
        const std::string text = std::string(size, 'x') + std::string(special) + "y";
        TextBuffer out;
        CHECK(append(text, out));
        CHECK(append("", out));
        for (const size_t at : {size_t{0}, size / 2, size}) {
          std::string beyond = text;
          beyond.insert(at, "\xc3");
          INFO(size << " bytes and '" << special << "', another one at " << at);
          CHECK_FALSE(append(beyond, out));
          CHECK_FALSE(append(beyond + "\"", out));
        }
      }
    }
  }
}

}  // namespace
}  // namespace pxq
