#include "local/pxl/parser.h"

#include <catch2/catch.hpp>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "local/tree_text.h"
#include "places.h"

namespace pxq::pxl {
namespace {

// Observed cases that this parser answers differently.
const std::set<std::string> kDifferent = {};

std::vector<nlohmann::json> observed_cases() {
  std::ifstream file(PXQ_TEST_DATA "/local/data/pxl-parser.jsonl");
  std::vector<nlohmann::json> cases;
  for (std::string line; std::getline(file, line);) cases.push_back(nlohmann::json::parse(line));
  return cases;
}

std::string text_of(const std::vector<SyntaxError>& errors) {
  std::string text;
  for (const SyntaxError& error : errors) {
    text += fmt::format("{}:{} {}\n", error.line, error.column, error.message);
  }
  return text;
}

std::string text_of(const ParseResult& result) {
  return result.module ? TreeText().of(*result.module) : text_of(result.errors);
}

/// What the reference said, cut where this parser stops counting errors.
std::string expected(const nlohmann::json& observed) {
  if (observed["ok"]) return observed["ast"];
  std::vector<SyntaxError> errors;
  for (const auto& error : observed["errors"]) {
    if (errors.size() == kMaxSyntaxErrors) break;
    errors.push_back({error["line"], error["col"], error["message"]});
  }
  return text_of(errors);
}

std::string repeated(std::string_view text, size_t times) {
  std::string result;
  for (size_t i = 0; i < times; ++i) result += text;
  return result;
}

/// A header in the body of the one before, and so on, and the indentation of the last body.
std::string nested_blocks(std::string_view header, size_t depth) {
  std::string result;
  for (size_t i = 0; i < depth; ++i) result += std::string(i, ' ') + std::string(header);
  return result + std::string(depth, ' ');
}

TEST_CASE("the parser answers as the reference was observed to") {
  const auto cases = observed_cases();
  REQUIRE(cases.size() == 200);
  for (const auto& observed : cases) {
    const std::string id = observed["id"];
    const std::string text = observed["pxl"];
    INFO(id << ": " << text);
    const std::string answer = text_of(parse(text));
    if (kDifferent.contains(id)) {
      CHECK(answer != expected(observed));
    } else {
      CHECK(answer == expected(observed));
    }
  }
}

TEST_CASE("a text nested too deeply is one plain error") {
  const std::vector<std::string> texts = {
      "x = " + repeated("(", 100'000),
      "x = " + repeated("[", 100'000),
      "x = " + repeated("{1: ", 100'000),
      repeated("f(", 100'000),
      repeated("`", 100'000),
      "x = " + repeated("-", 100'000),
      "x = " + repeated("not ", 100'000),
      "x = 1" + repeated(" ** 1", 100'000),
      "x = 1" + repeated(" if a else 1", 100'000),
      "x = " + repeated("lambda: ", 100'000),
      "x = lambda " + repeated("(", 100'000),
      repeated("if a: x\nel", 100'000) + "se: x\n",
      "with " + repeated("a, ", 100'000) + "b: x\n",
      nested_blocks("def f():\n", 400),
      "x = 1" + repeated(" + 1", 100'000),
      "x = a" + repeated(".a", 100'000),
      "x = a" + repeated("()", 100'000),
      "@a" + repeated(".a", 100'000) + "\ndef f(): x\n",
  };
  for (const std::string& text : texts) {
    INFO(text.substr(0, 40));
    const ParseResult result = parse(text);
    CHECK_FALSE(result.module);
    REQUIRE(result.errors.size() == 1);
    CHECK(result.errors[0].message == "SyntaxError: nested too deeply");
  }
}

TEST_CASE("nesting and chains of a sensible size are accepted") {
  CHECK(parse("x = " + repeated("(", 150) + "1" + repeated(")", 150) + "\n").module);
  CHECK(parse("x = 1" + repeated(" + 1", 900) + "\n").module);
  CHECK(parse("x = a" + repeated(" or a", 100'000) + "\n").module);
}

TEST_CASE("errors that multiply are capped, and in little time") {
  const ParseResult calls = parse(repeated("f(", 150) + "1 +" + repeated(")", 150) + "\n");
  CHECK(calls.errors.size() == kMaxSyntaxErrors);
  const std::string loops = nested_blocks("for a in b:\n", 100) + "lambda a, a: 1\n";
  CHECK(parse(loops).errors.size() == kMaxSyntaxErrors);
}

TEST_CASE("any bytes are parsed") {
  std::string all;
  for (int byte = 0; byte < 256; ++byte) all += static_cast<char>(byte);
  CHECK_FALSE(parse(repeated(all, 100)).module);
  CHECK_FALSE(parse(std::string("x = 1\0y\n", 8)).module);
  CHECK_FALSE(parse("x = '" + repeated("a", 1'000'000)).module);
  CHECK_FALSE(parse("x = " + repeated("9", 100'000) + "\n").module);
  CHECK(parse(repeated("\n", 1'000'000)).module);
  CHECK(parse(repeated("\r\n", 100'000) + repeated("\f", 100'000)).module);
  CHECK(parse("x = 1e-400\n").module);
}

TEST_CASE("a text of too many nodes is refused") {
  const ParseResult result = parse(repeated("a;", 500'001) + "\n");
  REQUIRE(result.errors.size() == 1);
  CHECK(result.errors[0].message == "SyntaxError: script is too large");
}

TEST_CASE("every beginning of a script ends in a tree or in errors") {
  const std::string text =
      "'''d'''\nimport px\n@a.b(1)\ndef f(a: px.Pod, *b, **c):\n    df = px.DataFrame('t', n=1 "
      "m=2)\n"
      "    df.x = -df['a', 1:2][...] ** 2 if not b else {1: (2,), 3: [4 for a in b if c]}\n"
      "\n    return df[df.a > 0x10 and u'\\x41' 'b' != `c` + 1.5e3j]\nprint >> x, 3L;\\\n pass\n";
  for (size_t length = 0; length <= text.size(); ++length) {
    const ParseResult result = parse(text.substr(0, length));
    CHECK((result.module != nullptr) == result.errors.empty());
  }
  CHECK(text_of(parse(text)).rfind("(Module 1:1 (Suite 1:1 [(DocString 1:1 \"d\")", 0) == 0);
}

TEST_CASE("a node knows what the reference calls it") {
  const ParseResult result = parse("if a: pass\n");
  REQUIRE(result.module);
  const Suite* suite = result.module->body->as<Suite>();
  REQUIRE(suite);
  REQUIRE(suite->statements.size() == 1);
  CHECK(kind_name(*suite->statements[0]) == "If");
  CHECK(kind_name(*suite->statements[0]->as<If>()->body) == "Pass");
}

TEST_CASE("None takes no augmented assignment") {
  CHECK(text_of(parse("None += 1\n")) ==
        "1:9 SyntaxError: can't assign to None\n1:1 SyntaxError: invalid syntax\n");
  CHECK(parse("total += 1\n").module);
}

TEST_CASE("a global that comes late is a warning, given twice") {
  const auto twice = [](const std::string& line) { return line + line; };
  CHECK(text_of(parse("def f():\n  a = total\n  global total\n")) ==
        twice("3:10 SyntaxWarning: Name 'total' is is used prior to global declaration\n"));
  CHECK(text_of(parse("total = 1\nglobal total\n")) ==
        twice("2:8 SyntaxWarning: Name 'total' is is assigned to before global declaration\n"));
  CHECK(parse("total = 1\ndef f():\n  global total\n  a = total\n").module);
}

TEST_CASE("nonlocal is a word of its own that starts nothing") {
  CHECK(text_of(parse("nonlocal x\n")) == "1:1 SyntaxError: invalid syntax\n");
}

TEST_CASE("numbers beyond their type") {
  CHECK(text_of(parse("9223372036854775807\n")).find("int 9223372036854775807") !=
        std::string::npos);
  CHECK(text_of(parse("1e\n")) ==
        "1:1 SyntaxError: Invalid floating point number\n1:1 SyntaxError: invalid syntax\n");
}

}  // namespace
}  // namespace pxq::pxl
