#include "format/footer.h"

#include <catch2/catch.hpp>

namespace pxq {
namespace {

Summary summary_of(uint64_t rows) {
  Summary summary;
  summary.tables.push_back({.name = "http_data", .id = "1", .rows = rows});
  summary.bytes_received = 1'300'000;
  summary.elapsed = std::chrono::milliseconds(840);
  return summary;
}

TEST_CASE("a whole run with the server's statistics") {
  Summary summary = summary_of(1204);
  summary.stats = ExecutionStats{.execution_time_ns = 610'000'000,
                                 .compilation_time_ns = 20'000'000,
                                 .bytes_processed = 48'000'000,
                                 .records_processed = 1'100'000};
  CHECK(footer(summary) ==
        "http_data: 1 204 rows, 1.2 MiB in 0.84 s (server: 0.61 s run, 0.02 s compile, 46 MiB and "
        "1.1 M rows read); complete");
}

TEST_CASE("Beside a table the line names none and fits the terminal") {
  Summary summary = summary_of(1204);
  summary.stats = ExecutionStats{.execution_time_ns = 610'000'000,
                                 .compilation_time_ns = 20'000'000,
                                 .bytes_processed = 48'000'000,
                                 .records_processed = 1'100'000};
  CHECK(footer(summary, 200) ==
        "1 204 rows, 1.2 MiB in 0.84 s (server: 0.61 s run, 0.02 s compile, 46 MiB and "
        "1.1 M rows read); complete");
  const std::string narrow = footer(summary, 80);
  CHECK(narrow == "1 204 rows, 1.2 MiB in 0.84 s (server: 0.61 s, 46 MiB read); complete");
  CHECK(footer(summary, 60) == "1 204 rows, 1.2 MiB in 0.84 s; complete");
  CHECK(footer(summary, 38) == "1 204 rows; complete");
  CHECK(footer(summary, 19) == "complete");
  summary.tables.push_back({.name = "b", .id = "2", .rows = 6});
  CHECK(footer(summary, 60) == "2 tables: 1 210 rows, 1.2 MiB in 0.84 s; complete");
}

TEST_CASE("small numbers have no prefix") {
  Summary summary = summary_of(1);
  summary.bytes_received = 999;
  summary.stats = ExecutionStats{.records_processed = 7};
  CHECK(footer(summary) ==
        "http_data: 1 row, 999 B in 0.84 s (server: 0.00 s run, 0.00 s compile, 0 B and 7 rows "
        "read); complete");
}

TEST_CASE("several tables are named, many are counted") {
  Summary summary = summary_of(2);
  summary.tables.push_back({.name = "b\x1b[2J", .id = "2", .rows = 0});
  CHECK(footer(summary) == "http_data: 2 rows, b\\x1b[2J: 0 rows, 1.2 MiB in 0.84 s; complete");
  for (int i = 0; i < 3; ++i) summary.tables.push_back({.name = "c", .id = "3", .rows = 1000});
  CHECK(footer(summary) == "5 tables: 3 002 rows, 1.2 MiB in 0.84 s; complete");
  summary.tables.clear();
  CHECK(footer(summary) == "no tables, 1.2 MiB in 0.84 s; complete");
}

TEST_CASE("a result that was judged is whole all the same") {
  Summary summary = summary_of(1);
  summary.status = Status(Code::kAssertion, "too slow");
  CHECK(footer(summary) ==
        "http_data: 1 row, 1.2 MiB in 0.84 s; complete, but an assertion failed");
}

TEST_CASE("a run that is not whole says so first") {
  Summary summary = summary_of(1204);
  summary.status = Status(Code::kIncomplete, "gone").with_grpc_code(14);
  CHECK(footer(summary) == "INCOMPLETE: stream lost after 1 204 rows (UNAVAILABLE)");
  summary.status = Status(Code::kTimeout, "late");
  CHECK(footer(summary) == "INCOMPLETE: time limit passed after 1 204 rows");
  summary.status = Status(Code::kIncomplete, "odd").with_grpc_code(99);
  CHECK(footer(summary) == "INCOMPLETE: stream lost after 1 204 rows");
}

TEST_CASE("a run that was resumed says so, and whether rows may be missing") {
  Summary summary = summary_of(1204);
  summary.resumes = 1;
  CHECK(footer(summary) == "http_data: 1 204 rows, 1.2 MiB in 0.84 s; complete, resumed once");
  summary.resumes = 1000;
  summary.tables[0].gap = true;
  summary.status = Status(Code::kInterrupted, "interrupted");
  CHECK(footer(summary) ==
        "INCOMPLETE: interrupted after 1 204 rows; resumed 1 000 times, rows in between may be "
        "missing");
  summary.status = Status(Code::kIncomplete, "resumed after ...");
  CHECK(footer(summary) ==
        "INCOMPLETE: 1 204 rows; resumed 1 000 times, rows in between may be missing");
  summary.status = Status(Code::kIncomplete, "cut again").with_grpc_code(14);
  CHECK(footer(summary) ==
        "INCOMPLETE: stream lost after 1 204 rows (UNAVAILABLE); resumed 1 000 times, rows in "
        "between may be missing");
  CHECK(resumed_line(summary.status, 1204, true) ==
        "resumed: stream lost after 1 204 rows (UNAVAILABLE); rows in between may be missing");
  CHECK(resumed_line(summary.status, 1, false) ==
        "resumed: stream lost after 1 row (UNAVAILABLE); all tables had ended");
}

}  // namespace
}  // namespace pxq
