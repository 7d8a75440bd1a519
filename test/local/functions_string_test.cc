#include <limits>

#include "local/functions_call.h"

namespace pxq::local {
namespace {

using namespace std::string_view_literals;

TEST_CASE("contains, length and find count bytes") {
  CHECK(call<bool>("contains", "apple", "pl"));
  CHECK(call<bool>("contains", "apple", ""));
  CHECK_FALSE(call<bool>("contains", "", "a"));
  CHECK(call<int64_t>("length", "h\xc3\xa9") == 3);
  CHECK(call<int64_t>("find", "pixie", "xi") == 2);
  CHECK(call<int64_t>("find", "pixie", "z") == -1);
  CHECK(call<int64_t>("find", "a\0b"sv, "b") == 2);
}

TEST_CASE("substring is empty when its bounds make no sense") {
  CHECK(call<std::string>("substring", "pixie", 1, 3) == "ixi");
  CHECK(call<std::string>("substring", "pixie", 3, 100) == "ie");
  CHECK(call<std::string>("substring", "pixie", 5, 1) == "");
  CHECK(call<std::string>("substring", "pixie", 6, 1) == "");
  CHECK(call<std::string>("substring", "pixie", -1, 2) == "");
  CHECK(call<std::string>("substring", "pixie", 0, -1) == "");
  constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
  CHECK(call<std::string>("substring", "pixie", kMax, kMax) == "");
  CHECK(call<std::string>("substring", "pixie", 1, kMax) == "ixie");
}

TEST_CASE("case, trim and prefix") {
  CHECK(call<std::string>("tolower", "PiXie \xc3\x89") == "pixie \xc3\x89");
  CHECK(call<std::string>("toupper", "pixie[z") == "PIXIE[Z");
  CHECK(call<std::string>("trim", " \t\r\n a b \v\f") == "a b");
  CHECK(call<std::string>("trim", "  ") == "");
  CHECK(call<std::string>("strip_prefix", "pl/", "pl/kelvin") == "kelvin");
  CHECK(call<std::string>("strip_prefix", "x", "pl/kelvin") == "pl/kelvin");
  CHECK(call<std::string>("strip_prefix", "", "a") == "a");
}

TEST_CASE("atoi gives the default for anything but an int64") {
  CHECK(call<int64_t>("atoi", "1234", -1) == 1234);
  CHECK(call<int64_t>("atoi", " -1234\n", -1) == -1234);
  CHECK(call<int64_t>("atoi", "+7", -1) == 7);
  CHECK(call<int64_t>("atoi", "9223372036854775807", -1) == std::numeric_limits<int64_t>::max());
  for (const char* bad : {"", " ", "x", "1x", "1 2", "+-1", "-+1", "--1", "+", "-", "0x10", "1.5",
                          "9223372036854775808"}) {
    CAPTURE(bad);
    CHECK(call<int64_t>("atoi", bad, 42) == 42);
  }
  CHECK(call<std::string>("itoa", std::numeric_limits<int64_t>::min()) == "-9223372036854775808");
}

TEST_CASE("hexadecimal") {
  CHECK(call<std::string>("hex_to_ascii", "68C3a9") == "h\xc3\xa9");
  CHECK(call<std::string>("hex_to_ascii", "333") == "");
  CHECK(call<std::string>("hex_to_ascii", "zz") == "");
  CHECK(call<std::string>("hex_to_ascii", "+1") == "");
  CHECK(call<std::string>("bytes_to_hex", "a\xff\x01") == "\\x61\\xFF\\x01");
}

TEST_CASE("regex_match wants the whole text, and dot takes newlines") {
  CHECK(call<bool>("regex_match", "a.*c", "a\nc"));
  CHECK_FALSE(call<bool>("regex_match", "abc", "abcd"));
  CHECK_FALSE(call<bool>("regex_match", "(", "("));
  CHECK(find_scalar("regex_match", std::vector{DataType::kString, DataType::kString})
            ->literal_arguments == 1);
}

TEST_CASE("regex_match stays linear on a pattern that makes backtrackers explode") {
  const std::string text(20000, 'a');
  CHECK_FALSE(call<bool>("regex_match", "(a*)*b", std::string_view(text)));
}

TEST_CASE("replace rewrites every match and tells what is wrong") {
  CHECK(call<std::string>("replace", "([a-z]+)@", "me@x you@y", "<\\1>") == "<me>x <you>y");
  CHECK(call<std::string>("replace", "z", "abc", "") == "abc");
  CHECK(call<std::string>("replace", "(", "abc", "x") == "Invalid regex expr: missing ): (");
  CHECK(call<std::string>("replace", "a", "abc", "\\1")
            .starts_with("Invalid regex in substitution string: "));
}

TEST_CASE("_match_regex_rule names the first rule that fits the whole text") {
  const char* rules = R"({"b":"a.*", "a":"ab?", "bad":"("})";
  CHECK(call<std::string>("_match_regex_rule", rules, "ab") == "a");
  CHECK(call<std::string>("_match_regex_rule", rules, "abc\n") == "b");
  CHECK(call<std::string>("_match_regex_rule", rules, "c") == "");
  CHECK(call<std::string>("_match_regex_rule", "no rules", "c") == "");
}

TEST_CASE("regex kernels take empty columns") {
  StringArena strings;
  FunctionContext context{.strings = &strings};
  CHECK(column_size(call_columns("regex_match", {StringColumn{}, StringColumn{}}, 0, context)) ==
        0);
  CHECK(column_size(call_columns("replace", {StringColumn{}, StringColumn{}, StringColumn{}}, 0,
                                 context)) == 0);
}

TEST_CASE("uri_parse") {
  CHECK(
      call<std::string>("uri_parse", "https://px.dev/community/?a=1&b=2#top") ==
      R"({"scheme":"https","host":"px.dev","path":"community/","query":"a=1&b=2","fragment":"top"})");
  CHECK(call<std::string>("uri_parse", "grpc://me:pw@127.0.0.1:9876/stream") ==
        R"({"scheme":"grpc","userInfo":"me:pw","host":"127.0.0.1","port":9876,"path":"stream"})");
  CHECK(call<std::string>("uri_parse", "http://[::1]:80") ==
        R"({"scheme":"http","host":"::1","port":80})");
  CHECK(call<std::string>("uri_parse", "http://[v1f.a:b]/c") ==
        R"({"scheme":"http","host":"v1f.a:b","path":"c"})");
  CHECK(call<std::string>("uri_parse", "/a/b") == R"({"path":"a/b"})");
  CHECK(call<std::string>("uri_parse", "") == "{}");
  for (const char* bad : {"http://h:-1", "http://[::1", "http://[zz]", "http://h /", "a%2", "%zz",
                          "1a:b", "http://a\"b", "http://[::1]x", "http://[v.a]", "http://[v1.]",
                          "http://[v1.%41]", "http://[vg.a]"}) {
    CAPTURE(bad);
    CHECK(call<std::string>("uri_parse", bad) == "Failed to parse URI");
  }
  CHECK(call<std::string>("uri_parse", "http://h:99999999999") == "Port parsing failed.");
  CHECK(call<std::string>("uri_parse", "http://h:") == "Port parsing failed.");
}

TEST_CASE("uri_recompose") {
  CHECK(call<std::string>("uri_recompose", "https", "", "px.dev", 0, "community/", "a=1", "top") ==
        "https://px.dev/community/?a=1#top");
  CHECK(call<std::string>("uri_recompose", "grpc", "me", "h", 9876, "", "", "") ==
        "grpc://me@h:9876/");
  CHECK(call<std::string>("uri_recompose", "grpc", "", "h", -10, "", "", "") ==
        "Failed to recompose URI");
}

TEST_CASE("the arena keeps strings where they are") {
  StringArena strings;
  const std::string_view first = strings.keep("short"sv);
  const char* place = first.data();
  for (int i = 0; i < 10000; ++i) strings.keep(std::to_string(i));
  CHECK(first == "short");
  CHECK(first.data() == place);
  CHECK(strings.keep(""sv).data() != nullptr);
}

}  // namespace
}  // namespace pxq::local
