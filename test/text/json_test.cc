#include "text/json.h"

#include <catch2/catch.hpp>

namespace pxq {
namespace {

std::string json(std::string_view bytes, InvalidUtf8 invalid = InvalidUtf8::kReversible) {
  TextBuffer out;
  append_json_string(bytes, invalid, out);
  return std::string(out.view());
}

std::string inner(const std::string& quoted) { return quoted.substr(1, quoted.size() - 2); }

TEST_CASE("plain text is only quoted") {
  CHECK(json("") == "\"\"");
  CHECK(json("007") == "\"007\"");
  CHECK(json("a longer text than one word <&>/\x7f") == "\"a longer text than one word <&>/\x7f\"");
}

TEST_CASE("quotes, backslashes and control bytes are escaped wherever they stand in a word") {
  for (size_t before = 0; before < 20; ++before) {
    const std::string lead(before, 'x');
    for (size_t after = 0; after < 10; ++after) {
      const std::string rest(after, 'y');
      CHECK(json(lead + '"' + rest) == "\"" + lead + "\\\"" + rest + "\"");
      CHECK(json(lead + '\\' + rest) == "\"" + lead + "\\\\" + rest + "\"");
      CHECK(json(lead + '\x1f' + rest) == "\"" + lead + "\\u001f" + rest + "\"");
      CHECK(json(lead + "\xc3\xa9" + rest) == "\"" + lead + "\xc3\xa9" + rest + "\"");
    }
  }
  CHECK(json("\b\f\n\r\t") == R"("\b\f\n\r\t")");
  CHECK(json(std::string_view("\0\x1b", 2)) == R"("\u0000\u001b")");
}

TEST_CASE("a byte that is not UTF-8 becomes U+10FF00 plus the byte") {
  CHECK(json("\xff") == "\"\xf4\x8f\xbf\xbf\"");
  CHECK(json("a\x80z") == "\"a\xf4\x8f\xbe\x80z\"");
  CHECK(json("\xff", InvalidUtf8::kReplace) == "\"\xef\xbf\xbd\"");
}

TEST_CASE("real code points of that range are treated byte by byte, so nothing is ambiguous") {
  const std::string real = "\xf4\x8f\xbf\xbf";  // U+10FFFF
  CHECK(json(real) == "\"\xf4\x8f\xbf\xb4\xf4\x8f\xbe\x8f\xf4\x8f\xbe\xbf\xf4\x8f\xbe\xbf\"");
  CHECK(json(real, InvalidUtf8::kReplace) == "\"" + real + "\"");
  const std::string below = "\xf4\x8f\xbd\xbf";  // U+10FF7F
  CHECK(json(below) == "\"" + below + "\"");
}

TEST_CASE("every byte string comes back from the reversible form") {
  std::string all;
  for (int byte = 0; byte < 256; ++byte) all.push_back(static_cast<char>(byte));
  // Control bytes, quotes and backslashes are JSON's own escapes, which a parser undoes.
  const std::string high = all.substr(0x80);
  const std::vector<std::string> cases = {high,
                                          "\xed\xa0\x80",
                                          "\xc0\xaf",
                                          "\xf4\x8f\xbe\x80",
                                          "\xf4\x90\x80\x80",
                                          "\xf4\x8f\xbf\xbf\xff",
                                          "ab\xe2\x82",
                                          "\xef\xbb\xbf"
                                          "bom",

                                          "\xf0\x9f\x98\x80"};
  for (const std::string& bytes : cases) CHECK(original_bytes(inner(json(bytes))) == bytes);
}

TEST_CASE("code points that drive terminals are escaped, which loses nothing") {
  CHECK(json("\xc2\x9b"
             "31m") == "\"\\u009b31m\"");
  CHECK(json("\xe2\x80\xae"
             "abc\xe2\x81\xa6") == "\"\\u202eabc\\u2066\"");
  CHECK(json("\xe2\x80\xa8") == "\"\\u2028\"");
  CHECK(json("\xc2\xa0\xe2\x80\xa6") == "\"\xc2\xa0\xe2\x80\xa6\"");
}

TEST_CASE("sequences that cross the border of an internal piece stay whole") {
  for (size_t before = 4090; before < 4100; ++before) {
    const std::string text = std::string(before, 'x') + "\xf0\x9f\x98\x80" + std::string(5000, 'y');
    CHECK(inner(json(text)) == text);
    const std::string broken = std::string(before, 'x') + "\xf4\x8f\xbf\xbf\xff";
    CHECK(original_bytes(inner(json(broken))) == broken);
  }
}

}  // namespace
}  // namespace pxq
