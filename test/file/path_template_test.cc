#include "file/path_template.h"

#include <catch2/catch.hpp>

using namespace pxq;

namespace {

constexpr int64_t kStart = 1'795'448'700'000'000'000;  // 2026-11-23T15:45:00Z

PathValues values(const std::string& table) {
  return {.table = table,
          .cluster = "prod",
          .script = "px/http_data",
          .run = "r1",
          .start_ns = kStart,
          .end_ns = kStart + 300'000'000'001};
}

std::string expand(const std::string& text, const PathValues& with) {
  const auto path = PathTemplate::parse(text);
  REQUIRE(path.ok());
  return path->expand(with);
}

}  // namespace

TEST_CASE("every placeholder is filled in") {
  CHECK(expand("/d/{cluster}/{script}/{date}/{hour}/{table}-{start}-{end}.{run}.csv.zst",
               values("http")) ==
        "/d/prod/px_http_data/2026-11-23/15/"
        "http-20261123T154500Z-20261123T155000.000000001Z.r1.csv.zst");
  CHECK(expand("plain.csv", values("http")) == "plain.csv");
  CHECK(expand("{{x}}{table}", values("http")) == "{x}http");
}

TEST_CASE("times before 1970 and at the ends of the range have a form") {
  PathValues with;
  with.start_ns = -1;
  CHECK(expand("{date} {hour} {start}", with) == "1969-12-31 23 19691231T235959.999999999Z");
  with.start_ns = INT64_MIN;
  CHECK(expand("{date}", with) == "1677-09-21");
  with.start_ns = INT64_MAX;
  CHECK(expand("{date}", with) == "2262-04-11");
}

TEST_CASE("a template that cannot be meant is a usage error") {
  for (const char* text : {"{tabel}.csv", "{}", "{table", "table}", "{a{table}", "a}b{"}) {
    INFO(text);
    const auto path = PathTemplate::parse(text);
    REQUIRE_FALSE(path.ok());
    CHECK(path.status().code() == Code::kUsage);
  }
  CHECK_THAT(PathTemplate::parse("{tabel}").status().hint(), Catch::Contains("{table}"));
}

TEST_CASE("the fixed directory of a template") {
  const auto directory = [](const char* text) { return PathTemplate::parse(text)->directory(); };
  CHECK(directory("/data/http/{date}/{table}.csv") == "/data/http");
  CHECK(directory("out/x-{table}.csv") == "out");
  CHECK(directory("{table}.csv") == ".");
  CHECK(directory("/{table}.csv") == "/");
}

TEST_CASE("no value leaves the directory") {
  const std::string nul("a\0b", 3);
  for (const std::string& hostile :
       {std::string("../../x"), std::string("/abs"), std::string("a/b"), std::string("."),
        std::string(".."), std::string(), nul, std::string(300, 'x'), std::string("-rf"),
        std::string("~root"), std::string("\x1b[2J"),
        std::string("\xe2\x80\xae"
                    "fdp.csv"),
        std::string("a\nb"), std::string("\xff")}) {
    const std::string safe = path_safe(hostile);
    INFO(safe);
    CHECK_FALSE(safe.empty());
    CHECK(safe.size() <= 120);
    CHECK(safe.find('/') == std::string::npos);
    CHECK(safe.front() != '.');
    CHECK(safe.front() != '-');
    CHECK(safe.front() != '~');
    for (const char byte : safe) CHECK((byte >= ' ' && byte <= '~'));
  }
  CHECK(path_safe("../../x") == "%2E._.._x");
  CHECK(path_safe("") == "_");
  CHECK(path_safe("50%") == "50%25");
  CHECK(path_safe("my table") == "my table");
}

TEST_CASE("long values that begin alike stay apart") {
  const std::string common(200, 'x');
  CHECK(path_safe(common + "a") != path_safe(common + "b"));
  CHECK(path_safe(std::string(120, 'x')) == std::string(120, 'x'));
}

TEST_CASE("collisions get a visible number") {
  const auto path = PathTemplate::parse("out/{table}.csv");
  PathClaims claims;
  CHECK(claims.claim(*path, values("a")) == "out/a.csv");
  CHECK(claims.claim(*path, values("a")) == "out/a#2.csv");
  CHECK(claims.claim(*path, values("A")) == "out/A#3.csv");
  CHECK(claims.claim(*path, values("a#2")) == "out/a#2#2.csv");
  CHECK(claims.claim(*path, values("x/y")) == "out/x_y.csv");
  CHECK(claims.claim(*path, values("x_y")) == "out/x_y#2.csv");
}
