#include "script/row_limits.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

namespace pxq {
namespace {

// The arguments that may be a limit of rows where f(least, most) is called with 500 and 100.
std::vector<uint64_t> limits_of(const std::string& text) {
  ScriptRequest request;
  request.text = text;
  request.functions = {
      {.function = "f", .arguments = {{"least", "500"}, {"most", "100"}}, .output_prefix = "o"}};
  std::vector<uint64_t> rows;
  for (const RowLimit& limit : row_limits(request, {})) {
    if (limit.line == 0) rows.push_back(limit.rows);
  }
  return rows;
}

const std::string kBegin =
    "import px\n"
    "def f(least: int, most: int):\n"
    "    df = px.DataFrame('t')\n"
    "    df = df[df.latency > least]\n";

TEST_CASE("an argument limits rows where it goes into a head()") {
  using Rows = std::vector<uint64_t>;
  CHECK(limits_of(kBegin + "    return df.head(most)\n") == Rows{100});
  CHECK(limits_of(kBegin + "    return df.head(n=most)\n") == Rows{100});
  CHECK(limits_of(kBegin + "    return df.head(7)\n").empty());
  CHECK(limits_of(kBegin + "    return df\n").empty());
}

TEST_CASE("where a script's text leaves open what goes into a head(), each argument may") {
  const std::vector<uint64_t> both = {500, 100};
  CHECK(limits_of(kBegin + "    return df.head(most + least)\n") == both);
  CHECK(limits_of(kBegin + "    return df.head(n=2 * most)\n") == both);
  CHECK(limits_of(kBegin + "    most = least\n    return df.head(most)\n") == both);
  CHECK(limits_of(kBegin + "    return first(df, least)\n"
                           "def first(df, most):\n    return df.head(most)\n") == both);
  CHECK(limits_of("from other import g\n" + kBegin + "    return g(df, least)\n") == both);
  CHECK(limits_of("import px\n") == both);
}

}  // namespace
}  // namespace pxq
