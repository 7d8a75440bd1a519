// Files as they are found by people who configure nothing.

#include <chrono>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "places.h"
#include "readers.h"
#include "session.h"

namespace pxq::app {
namespace {

using nlohmann::json;

/// Cells that readers get wrong, column by column; a row ends where the shortest does.
struct Awkward {
  std::vector<int64_t> times = {1'601'694'759'495'000'123, -1, 0, 1, -1'700'000'000'000'000'001,
                                4'102'444'799'999'999'999};
  std::vector<std::string> texts = {"007",
                                    "",
                                    "NA",
                                    "null",
                                    "NaN",
                                    "true",
                                    "1e5",
                                    " with blanks ",
                                    "a,\"b\"\r\nc",
                                    "'single' \\ and \\n",
                                    "\"",
                                    "#comment",
                                    "{\"a\":[1,2]}",
                                    "2026-11-28T11:00:00Z",
                                    "žluťoučký 日本語 🙂 \xe2\x80\xa8",
                                    "\x1b[31m\x01\x7f",
                                    "-",
                                    "plain"};
  std::vector<double> reals = {0.1,
                               5e-324,
                               -1.7976931348623157e308,
                               std::numeric_limits<double>::quiet_NaN(),
                               std::numeric_limits<double>::infinity(),
                               -std::numeric_limits<double>::infinity(),
                               -0.0,
                               1e22,
                               3};
  std::vector<int64_t> numbers = {9'007'199'254'740'993, std::numeric_limits<int64_t>::min(), 0,
                                  std::numeric_limits<int64_t>::max(), -1};

  size_t rows() const { return texts.size(); }
  template <typename Values>
  std::vector<typename Values::value_type> column(const Values& values) const {
    std::vector<typename Values::value_type> all;
    for (size_t i = 0; i < rows(); ++i) all.push_back(values[i % values.size()]);
    return all;
  }
  std::vector<std::pair<uint64_t, uint64_t>> ids() const {
    std::vector<std::pair<uint64_t, uint64_t>> ids = {{0, 0}, {~0ULL, ~0ULL}, {1ULL << 63, 1}};
    return column(ids);
  }
  std::vector<bool> truths() const { return column(std::vector<bool>{true, false}); }

  fake::Script script() const {
    const fake::Table table =
        fake::Table("a").time("time_").string("s").uint128("id").float64("f").boolean("b").int64(
            "i");
    return fake::Script()
        .send(table.metadata())
        .send(table.batch()
                  .time(column(times))
                  .string(texts)
                  .uint128(ids())
                  .float64(column(reals))
                  .boolean(truths())
                  .int64(column(numbers)))
        .send(table.end())
        .send(fake::stats());
  }

  /// What was sent; doubles as text, as JSON has no NaN.
  std::string want() const {
    json all = json::array();
    for (size_t i = 0; i < rows(); ++i) {
      all.push_back({column(times)[i], texts[i],
                     fmt::format("{:016x}{:016x}", ids()[i].first, ids()[i].second),
                     fmt::format("{:.17g}", column(reals)[i]), truths()[i] ? true : false,
                     column(numbers)[i]});
    }
    return all.dump();
  }
};

TEST_CASE("Readers that nobody configured find in our files what was sent", "[interop]") {
  const std::string interpreter = readers_python();
  if (interpreter.empty()) return;
  const Awkward cells;
  const fake::Vizier vizier(cells.script());
  Session session;
  for (const std::string file : {"a.csv", "a.jsonl.gz", "a.parquet", "a.sqlite"}) {
    session.allow(file);
    REQUIRE(fake::run(session.run_at(vizier.address(), {"-o", file})).status() == 0);
  }
  const fake::ProcessResult result =
      fake::run({.arguments = {PXQ_SOURCE_DIR "/test/app/file_readers.py", session.home().path(),
                               cells.want()},
                 .program = interpreter},
                std::chrono::seconds(120));
  INFO(result.err);
  CHECK(result.out == "18\n");
}

}  // namespace
}  // namespace pxq::app
