// Files of rows: which files a directory or a template stands for, what their tables are called,
// which schema is theirs, and that a file that changes while it is read is not believed.

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "fake/temp_dir.h"
#include "local/data/stored/row_file.h"
#include "local/data/stored/text_cells.h"

namespace pxq::local {
namespace {

TEST_CASE("a file that is written to while it is read is refused") {
  const fake::TempDir dir;
  const std::string path = dir.write("x.csv", std::string(200'000, 'x'));
  size_t pieces = 0;
  const Status status = read_whole(path, [&](std::string_view /*bytes*/) {
    if (pieces++ == 0) std::ofstream(path, std::ios::app) << "more\n";
    return Status();
  });
  CHECK(pieces > 1);
  CHECK(status.code() == Code::kIncomplete);
  CHECK_THAT(status.message(), Catch::EndsWith("was changed while it was read"));
  CHECK(read_whole(path, [](std::string_view) { return Status(); }).ok());
}

TEST_CASE("a template finds the files that an export made by it, and their tables") {
  const fake::TempDir dir;
  for (const char* day : {"2026-11-23", "2026-11-24", "notes"}) {
    std::filesystem::create_directory(dir.path(day));
  }
  const std::string stamp = "20261123T070000Z";
  dir.write("2026-11-23/http_events-" + stamp + ".csv.zst", "");
  dir.write("2026-11-23/http_events-" + stamp + "-2.csv.zst", "");  // the first was in the way
  dir.write("2026-11-24/http2_messages.beta-20261124T070000.123456789Z.csv.zst", "");
  dir.write("2026-11-24/http_events.csv.zst", "");
  dir.write("2026-11-24/.pxq-x-1.tmp", "");
  dir.write("notes/dns_events-" + stamp + ".csv.zst", "");
  const auto files = find_row_files(dir.path("{date}/{table}-{start}.csv.zst"), "");
  REQUIRE(files.ok());
  std::vector<std::string> tables;
  for (const RowFile& file : *files) tables.push_back(file.table);
  CHECK(tables == std::vector<std::string>{"http_events", "http_events", "http2_messages.beta"});
  CHECK(find_row_files(dir.path(), "")->size() == 5);
  CHECK_FALSE(find_row_files(dir.path("{date}/{table}.parquet"), "").ok());
}

TEST_CASE("the schema of a file is its own, its directory's or the one that is named") {
  const fake::TempDir dir;
  const std::string path = dir.write("t.csv.gz", "");
  const auto schema = [](const std::string& table) {
    return R"({"version":1,"tables":[{"name":")" + table +
           R"(","columns":[{"name":"n","type":"INT64","semantic_type":"BYTES"}]}]})";
  };
  const auto found = [&](const std::string& named) {
    const auto files = find_row_files(path, named);
    REQUIRE(files.ok());
    return files->front().schemas.empty() ? std::string() : files->front().schemas.front().name;
  };
  CHECK(found("").empty());
  dir.write("schema.json", schema("common"));
  CHECK(found("") == "common");
  dir.write("t.schema.json", schema("own"));
  CHECK(found("") == "own");
  CHECK(found(dir.write("other.json", schema("named"))) == "named");
  const auto file = find_row_files(path, "")->front();
  const std::vector<std::string> columns = {"n"};
  CHECK((*schema_of(file, "t", columns))->columns.front().semantic == SemanticType::kBytes);
  const std::vector<std::string> others = {"m"};
  CHECK_FALSE(schema_of(file, "t", others).ok());
  CHECK_FALSE(find_row_files(path, dir.write("bad.json", "[]")).ok());
}

TEST_CASE("moments are read in every spelling that pxq has, to the ends of their range") {
  const auto ns = [](std::string_view text) {
    const auto time = time_from(text);
    return time ? std::to_string(time->ns) : std::string("none");
  };
  CHECK(ns("1677-09-21T00:12:43.145224192Z") == "-9223372036854775808");
  CHECK(ns("2262-04-11T23:47:16.854775807Z") == "9223372036854775807");
  CHECK(ns("2262-04-11T23:47:16.854775808Z") == "none");
  CHECK(ns("1969-12-31T23:59:59.999999999Z") == "-1");
  CHECK(ns("2026-11-23T16:39:01.5+09:00") == "1795419541500000000");
  CHECK(ns("2026-11-23 07:39:01Z") == "1795419541000000000");
  CHECK(ns("1795419541") == "1795419541000000000");
  CHECK(ns("1795419541.000000001") == "1795419541000000001");
  CHECK(ns("-0.000000001") == "-1");
  CHECK(ns("-1.5") == "-1500000000");
  CHECK(ns("1795419541123") == "1795419541123000000");
  CHECK(ns("1795419541123456") == "1795419541123456000");
  CHECK(ns("1795419541123456789") == "1795419541123456789");
  for (const char* none : {"", "x", "2026-11-23", "2026-13-23T07:39:01Z", "2026-11-23T07:39:01",
                           "2026-11-23T07:39:01.Z", "1.5x", "99999999999999999999"}) {
    INFO(none);
    CHECK(ns(none) == "none");
  }
}

}  // namespace
}  // namespace pxq::local
