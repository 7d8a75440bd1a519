// What is told of errors in scripts: their lines, carets and hints, as text and as JSON.

#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "session.h"

namespace pxq::app {
namespace {

// A run at a server that rejects the script with these errors.
fake::ProcessResult rejected(const std::vector<fake::CompileError>& errors,
                             const std::vector<std::string>& script,
                             const std::string& input = {}) {
  const fake::Vizier vizier(fake::Script().send(fake::compile_errors(errors)).finish(3));
  const Session session;
  std::vector<std::string> words = {"run", "--addr", vizier.address(), "--insecure"};
  words.insert(words.end(), script.begin(), script.end());
  fake::Command command = session.command(words);
  if (!input.empty()) command.input = input;
  fake::ProcessResult result = fake::run(command);
  CHECK(result.status() == 3);
  CHECK(result.out.empty());
  session.check_manners(result);
  return result;
}

const std::string kSlow = "import px\ndf = px.DataFrame('http_events')\ndf = df[df.latncy > 100]\n";
const fake::CompileError kLatncy = {3, 11, "Column 'latncy' not found in parent dataframe"};

TEST_CASE("An error says what, where and what to try") {
  CHECK(rejected({kLatncy}, {"-e", kSlow}).err ==
        "pxq: error: Column 'latncy' not found in parent dataframe\n"
        "  --> <inline>:3:11\n"
        "   3 | df = df[df.latncy > 100]\n"
        "     |            ^^^^^^ did you mean 'latency'?\n");
}

TEST_CASE("A script from stdin is shown too") {
  CHECK_THAT(rejected({kLatncy}, {"-"}, kSlow).err,
             Catch::Contains("--> <stdin>:3:11\n   3 | df = df[df.latncy > 100]\n"));
}

TEST_CASE("Lines count from the user's first, whatever stands before") {
  CHECK_THAT(rejected({{4, 11, kLatncy.message}}, {"-e", kSlow, "--max-rows", "5"}).err,
             Catch::Contains("--> <inline>:3:11\n   3 | df = df[df.latncy > 100]\n"));
}

TEST_CASE("Several errors have a block each") {
  const std::string err =
      rejected({{1, 8, "first"}, {2, 6, "'px' object has no attribute 'DataFrme'"}}, {"-e", kSlow})
          .err;
  CHECK(count("\n" + err, "\npxq: error: ") == 2);
  CHECK_THAT(err, Catch::Contains("   1 | import px\n     |        ^\n") &&
                      Catch::Contains("did you mean 'DataFrame'?"));
}

TEST_CASE("The caret stands under its column, in cells") {
  struct Case {
    std::string line;
    uint64_t column;
    std::string block;
  };
  const auto one = GENERATE(values<Case>({
      {"\tpx.x", 2, "   1 |     px.x\n     |     ^\n"},
      {"a = '\xe4\xbd\xa0\xe5\xa5\xbd' + b", 14,
       "   1 | a = '\xe4\xbd\xa0\xe5\xa5\xbd' + b\n     |            ^\n"},
      {"e\xcc\x81 = b", 7, "   1 | e\xcc\x81 = b\n     |     ^\n"},
      {"px.x", 1, "   1 | px.x\n     | ^\n"},
      {"px.x", 5, "   1 | px.x\n     |     ^\n"},
      {"px.x\x1b[31m", 3, "   1 | px.x\\x1b[31m\n     |   ^\n"},
  }));
  INFO(one.line);
  CHECK_THAT(rejected({{1, one.column, "bad"}}, {"-e", one.line}).err, Catch::Contains(one.block));
}

TEST_CASE("Positions outside the script are shown without a line") {
  const auto place = GENERATE(
      values<std::pair<uint64_t, uint64_t>>({{99, 1}, {1, 99999}, {0, 0}, {~0ull, ~0ull}, {2, 0}}));
  const std::string err = rejected({{place.first, place.second, "bad"}}, {"-e", "import px"}).err;
  CHECK_THAT(err, Catch::StartsWith("pxq: error: bad\n") && !Catch::Contains("^"));
}

TEST_CASE("Errors as JSON have the hint too") {
  const fake::Vizier vizier(fake::Script().send(fake::compile_errors({kLatncy})).finish(3));
  const Session session;
  const fake::ProcessResult result = fake::run(session.command(
      {"run", "--addr", vizier.address(), "--insecure", "-e", kSlow, "--errors", "json"}));
  CHECK(result.status() == 3);
  CHECK_THAT(result.err,
             Catch::Contains("\"line\":3,\"column\":11,\"hint\":\"did you mean 'latency'?\""));
}

fake::Script table_of(int64_t rows) {
  const fake::Table t = numbers("t");
  return fake::Script()
      .send(t.metadata())
      .send(t.batch().int64(std::vector<int64_t>(static_cast<size_t>(rows), 1)))
      .send(t.end())
      .send(fake::stats());
}

TEST_CASE("Exactly the server's cap of rows is doubtful") {
  struct Case {
    int64_t rows;
    std::vector<std::string> flags;
    bool capped;
  };
  const auto one = GENERATE(values<Case>({
      {9'999, {}, false},
      {10'000, {}, true},
      {10'001, {}, false},
      {10'000, {"--max-rows", "20000"}, false},
      {50, {"--max-rows", "50"}, true},
      {10'000, {"--max-rows", "all"}, false},
      {50, {"-e", "#px:set max_output_rows_per_table=50\nimport px"}, true},
      {10'000, {"-e", "#px:set max_output_rows_per_table=50\nimport px"}, false},
  }));
  const bool strict = GENERATE(false, true);
  const fake::Vizier vizier(table_of(one.rows));
  const Session session;
  std::vector<std::string> words = {"run", "--addr", vizier.address(), "--insecure", "-o", "null"};
  words.insert(words.end(), one.flags.begin(), one.flags.end());
  if (one.flags.empty() || one.flags[0] != "-e") words.insert(words.end(), {"-e", "import px"});
  if (strict) words.emplace_back("--strict");
  const fake::ProcessResult result = fake::run(session.command(words));
  INFO(one.rows << " " << result.err);
  CHECK(result.status() == (one.capped && strict ? 11 : 0));
  CHECK((count(result.err, "--max-rows") != 0) == one.capped);
  if (one.capped) CHECK_THAT(result.err, Catch::Contains(std::to_string(one.rows)));
}

}  // namespace
}  // namespace pxq::app
