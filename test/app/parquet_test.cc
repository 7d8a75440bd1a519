// Parquet as a user asks for it, and as the readers see it that people have. scripts/interop sets
// those up.

#include <cstdint>
#include <cstring>
#include <limits>
#include <sstream>
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

const fake::Table kCells = fake::Table("cells")
                               .boolean("flag")
                               .int64("count")
                               .float64("share")
                               .string("text")
                               .uint128("upid")
                               .time("time_");

struct Cells {
  std::vector<bool> flags = {true, false, true, false};
  std::vector<int64_t> counts = {0, -1, std::numeric_limits<int64_t>::min(),
                                 std::numeric_limits<int64_t>::max()};
  std::vector<double> shares = {0.1, -0.0, 5e-324, std::numeric_limits<double>::infinity()};
  std::vector<std::string> texts = {"", "a,\"b\"\n", "\xf0\x9f\x98\x80", "pod"};
  std::vector<std::pair<uint64_t, uint64_t>> upids = {
      {0, 0}, {1, 2}, {UINT64_MAX, UINT64_MAX}, {0x0102, 3}};
  std::vector<int64_t> times = {0, -1, 1'795'948'766'703'637'738, 1};

  fake::Script script() const {
    return fake::Script()
        .send(kCells.metadata())
        .send(kCells.batch()
                  .boolean(flags)
                  .int64(counts)
                  .float64(shares)
                  .string(texts)
                  .uint128(upids)
                  .time(times))
        .send(kCells.end())
        .send(fake::stats());
  }

  json row(size_t i) const {
    uint64_t bits = 0;
    std::memcpy(&bits, &shares[i], sizeof bits);
    return {static_cast<bool>(flags[i]),
            std::to_string(counts[i]),
            fmt::format("{:016x}", bits),
            texts[i],
            fmt::format("{:08x}-{:04x}-{:04x}-{:04x}-{:012x}", upids[i].first >> 32,
                        upids[i].first >> 16 & 0xffff, upids[i].first & 0xffff,
                        upids[i].second >> 48, upids[i].second & 0xffffffffffff),
            std::to_string(times[i])};
  }
};

TEST_CASE("Every cell of a Parquet file is what four readers find in it", "[interop]") {
  const std::string python = readers_python();
  if (python.empty()) return;
  const Cells cells;
  const fake::Vizier vizier(cells.script());
  Session session;
  session.allow("c.parquet");
  const std::string path = session.home().path("c.parquet");
  session.check(fake::run(session.run_at(vizier.address(), {"-o", path})), {});
  for (const std::string reader : {"pyarrow", "duckdb", "pandas", "polars"}) {
    INFO(reader);
    fake::Command command;
    command.program = python;
    command.arguments = {PXQ_SOURCE_DIR "/test/app/parquet_cells.py", reader, path};
    const fake::ProcessResult read = fake::run(command, std::chrono::seconds(60));
    INFO(read.err);
    REQUIRE(read.status() == 0);
    std::istringstream lines(read.out);
    std::string line;
    for (size_t i = 0; i < cells.flags.size(); ++i) {
      REQUIRE(std::getline(lines, line));
      CHECK(json::parse(line) == cells.row(i));
    }
  }
}

TEST_CASE("Parquet files appear whole, one for each table, or not at all") {
  Session session;
  session.allow("t.parquet");
  const std::string pattern = session.home().path("{table}.parquet");
  SECTION("a whole run") {
    const fake::Vizier vizier(whole());
    session.check(fake::run(session.run_at(vizier.address(), {"-o", pattern})), {});
    const std::string text = session.home().read("t.parquet");
    CHECK(text.starts_with("PAR1"));
    CHECK(text.ends_with("PAR1"));
  }
  SECTION("a cut one") {
    const fake::Vizier vizier(fake::Script()
                                  .send(numbers().metadata())
                                  .send(numbers().batch().int64({1}))
                                  .finish(14, "x"));
    CHECK(fake::run(session.run_at(vizier.address(), {"-o", pattern})).status() == 8);
    CHECK_FALSE(session.home().has("t.parquet"));
  }
}

TEST_CASE("What a Parquet file cannot be is said before anything is asked") {
  const fake::Vizier vizier(whole());
  const Session session;
  session.check(fake::run(session.run_at(vizier.address(), {"-o", "x.parquet.zst"})),
                {2, "", {"packed inside already", "name it 'x.parquet'"}});
  session.check(fake::run(session.run_at(vizier.address(), {"-o", "x.parquet", "--human"})),
                {2, "", {"--human"}});
  CHECK(vizier.calls().empty());
  fake::Command command = session.run_at(vizier.address(), {"-o", "parquet"});
  command.out = fake::Destination::terminal();
  const fake::ProcessResult shown = fake::run(command);
  CHECK(shown.status() == 2);
  CHECK(shown.err.find("not for a terminal") != std::string::npos);
}

TEST_CASE("A Parquet file is whole and cannot be added to") {
  const fake::Vizier vizier(whole());
  Session session;
  session.allow("x.parquet");
  const std::string path = session.home().write("x.parquet", "there");
  const fake::ProcessResult result =
      fake::run(session.run_at(vizier.address(), {"-o", path, "--append"}));
  CHECK(result.status() == 2);
  CHECK(result.err.find("cannot be added to") != std::string::npos);
  CHECK(session.home().read("x.parquet") == "there");
}

}  // namespace
}  // namespace pxq::app
