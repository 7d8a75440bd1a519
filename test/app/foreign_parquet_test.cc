// Parquet files as pyarrow writes them: what PxL has types for is read cell by cell, and the rest
// is refused before anything is run, rather than read as other numbers.

#include <catch2/catch.hpp>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "app/demo_session.h"
#include "places.h"
#include "readers.h"

namespace pxq::app {
namespace {

/// A directory with the files; empty where pyarrow is not set up.
std::unique_ptr<fake::TempDir> foreign_files() {
  const std::string interpreter = readers_python();
  if (interpreter.empty()) return nullptr;
  auto directory = std::make_unique<fake::TempDir>();
  const fake::ProcessResult written =
      fake::run({.arguments = {PXQ_SOURCE_DIR "/test/app/foreign_parquet.py", directory->path()},
                 .program = interpreter},
                std::chrono::seconds(120));
  INFO(written.err);
  REQUIRE(written.status() == 0);
  return directory;
}

fake::ProcessResult ask(const Session& session, const std::string& path, const std::string& name,
                        const std::string& work = "") {
  const std::string script =
      fmt::format("import px\ndf = px.DataFrame('{}')\n{}px.display(df, 't')\n", name, work);
  return run(session, {"run", "--local=" + path, "-e", script, "-o", "jsonl"});
}

TEST_CASE("Parquet of other types, codecs and pages than pxq writes is read cell by cell") {
  const auto directory = foreign_files();
  if (directory == nullptr) return;
  const Session session;
  for (const std::string codec : {"none", "snappy", "gzip", "zstd"}) {
    for (const std::string version : {"1.0", "2.0"}) {
      const std::string name = "plain-" + codec + "-" + version;
      INFO(name);
      const std::string path = directory->path(name + ".parquet");
      // The file has its rows from the last to the first.
      std::string all;
      for (int i = 2999; i >= 0; --i) {
        const int ms = 3000 - i;
        all += fmt::format(
            R"({{"time_":"2026-03-04T00:00:0{}.{:03}000000Z","small":{},"wide":{},"real":{},)"
            R"("flag":{},"kind":"kind {}","name":"{}"}})"
            "\n",
            ms / 1000, ms % 1000, i % 100 - 50, 4'294'967'295 - i, i / 4.0, i % 3 == 0, i % 7,
            i % 5 == 0 ? "" : fmt::format("name {}", i));
      }
      const auto whole = ask(session, path, name);
      INFO(whole.err);
      CHECK(whole.status() == 0);
      CHECK((whole.out == all));
      // Without the times that rows are in the order of.
      const auto counted =
          ask(session, path, name, "df = df.groupby('kind').agg(n=('wide', px.count))\n");
      CHECK(count(counted.out, "\n") == 7);
      CHECK_THAT(counted.out, Catch::Contains(R"({"kind":"kind 3","n":429})"));
      const auto first = ask(session, path, name, "df = df[['name']].head(1)\n");
      CHECK(first.out == "{\"name\":\"name 2999\"}\n");
    }
  }
}

TEST_CASE("what Parquet has and PxL has not is refused with a sentence, or has a plain meaning") {
  const auto directory = foreign_files();
  if (directory == nullptr) return;
  const Session session;
  struct Case {
    std::string name;
    int status;
    std::string out;
    std::string message;
  };
  const std::string no_type = "column 'a' has a type that PxL has none for";
  const std::vector<Case> cases = {
      {"untimed", 0, "{\"a\":3,\"b\":\"x\"}\n{\"a\":1,\"b\":\"y\"}\n{\"a\":2,\"b\":\"z\"}\n", ""},
      {"empty", 0, "", ""},
      {"struct", 2, "", "columns within columns"},
      {"list", 2, "", "columns within columns"},
      {"decimal", 2, "", no_type},
      {"wide-decimal", 2, "", no_type},
      {"small-decimal", 2, "", no_type},
      {"date", 0, "{\"a\":\"2026-03-04T00:00:00.000000000Z\"}\n", ""},
      {"clock", 0, "{\"a\":3723000000}\n", ""},
      {"old-time", 2, "", no_type},
      {"half", 2, "", no_type},
      {"null", 2, "", "column 'a': it has NULL, and PxL has none for INT64"},
      {"large", 0, "{\"a\":9223372036854775807}\n", ""},
      {"delta", 2, "", "an encoding that pxq does not read"},
      {"brotli", 2, "", "a codec that pxq does not read"},
      {"late", 2, "", "a moment is beyond"},
  };
  for (const Case& one : cases) {
    const auto result = ask(session, directory->path(one.name + ".parquet"), one.name);
    INFO(one.name << ": " << result.err);
    CHECK(result.status() == one.status);
    CHECK(result.out == one.out);
    CHECK_THAT(result.err, Catch::Contains(one.message));
  }
  // Known once it is read only.
  const auto huge = ask(session, directory->path("huge.parquet"), "huge");
  CHECK(huge.status() == 6);
  CHECK(huge.out.empty());
  CHECK_THAT(huge.err,
             Catch::Contains("a number is beyond what INT64 can be (FAILED_PRECONDITION)"));
}

}  // namespace
}  // namespace pxq::app
