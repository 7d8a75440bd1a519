#include "output/files_sink.h"

#include <catch2/catch.hpp>

#include "file/file_set.h"
#include "file/journal.h"
#include "file/scratch_dir.h"
#include "report/rows.h"

using namespace pxq;
using fake::PlainSink;
using fake::ScratchDir;
using fake::small_batch;
using fake::small_schema;

namespace {

using Names = std::set<std::string>;

FilesOptions options_for(const std::string& path, PlainSink::Kind kind = PlainSink::Kind::kCsv) {
  return {.path = *PathTemplate::parse(path),
          .values = {},
          .make_sink =
              [kind](Output& output, bool header) {
                return std::make_unique<PlainSink>(kind, output, header);
              },
          .can_append = kind == PlainSink::Kind::kCsv ? LineFormat::kCsv : LineFormat::kJsonLines};
}

std::unique_ptr<FileSet> set_in(const ScratchDir& dir, bool append = false) {
  FileSetOptions options;
  options.append = append;
  options.file.make_directories = true;
  options.journal = Journal::path_in(dir.path(), "test");
  auto files = FileSet::create(options);
  REQUIRE(files.ok());
  return *std::move(files);
}

Status export_rows(const ScratchDir& dir, const FilesOptions& options, const Schema& schema,
                   bool append) {
  const auto files = set_in(dir, append);
  FilesSink sink(options, *files);
  if (auto opened = sink.open(); !opened.ok()) return opened;
  sink.begin(schema);
  sink.rows(schema, small_batch({{"x", 1}, {"y", 2}}));
  sink.end({});
  if (!sink.status().ok()) return sink.status();
  return files->commit();
}

}  // namespace

TEST_CASE("each table goes to its own file, and collisions are visible") {
  const ScratchDir dir;
  const auto files = set_in(dir);
  FilesSink sink(options_for(dir.path("out/{table}.csv")), *files);
  REQUIRE(sink.open().ok());
  const Schema first = small_schema("http");
  const Schema second = small_schema("HTTP");
  const Schema third = small_schema("../dns");
  sink.begin(first);
  sink.begin(second);
  sink.rows(first, small_batch({{"a", 1}}));
  sink.rows(second, small_batch({{"b", 2}}));
  sink.rows(first, small_batch({{"c", 3}}));
  sink.begin(third);
  sink.end({});
  REQUIRE(sink.status().ok());
  REQUIRE(files->commit().ok());
  CHECK(dir.names() == Names{"out"});
  CHECK(dir.get("out/http.csv") == "service,count\na,1\nc,3\n");
  CHECK(dir.get("out/HTTP#2.csv") == "service,count\nb,2\n");
  CHECK(dir.get("out/%2E._dns.csv") == "service,count\n");
}

TEST_CASE("without {table} an existing file is refused before anything is asked of a server") {
  const ScratchDir dir;
  dir.put("a.csv", "old\n");
  const auto files = set_in(dir);
  FilesSink sink(options_for(dir.path("a.csv")), *files);
  CHECK(sink.open().code() == Code::kOutput);
}

TEST_CASE("a run without tables still makes the one file that was asked for") {
  const ScratchDir dir;
  const auto files = set_in(dir);
  FilesSink sink(options_for(dir.path("a.csv")), *files);
  REQUIRE(sink.open().ok());
  sink.end({});
  REQUIRE(files->commit().ok());
  CHECK(dir.get("a.csv").empty());
}

TEST_CASE("rows are added without a second header, also to packed files") {
  const ScratchDir dir;
  const Schema schema = small_schema("t");
  for (const std::string name : {"a.csv", "b.csv.gz", "c.csv.zst"}) {
    const auto options = options_for(dir.path(name));
    REQUIRE(export_rows(dir, options, schema, true).ok());
    REQUIRE(export_rows(dir, options, schema, true).ok());
    std::string text;
    REQUIRE(read_unpacked(dir.path(name), compression_of(name), [&](std::string_view piece) {
              text += piece;
              return Status();
            }).ok());
    CHECK(text == "service,count\nx,1\ny,2\nx,1\ny,2\n");
  }
  dir.put("empty.csv", "");
  REQUIRE(export_rows(dir, options_for(dir.path("empty.csv")), schema, true).ok());
  CHECK(dir.get("empty.csv") == "service,count\nx,1\ny,2\n");
}

TEST_CASE("rows of another schema are not added and the file stays") {
  const ScratchDir dir;
  for (const auto kind : {PlainSink::Kind::kCsv, PlainSink::Kind::kJsonLines}) {
    const std::string name = kind == PlainSink::Kind::kCsv ? "a.csv" : "a.jsonl";
    const auto options = options_for(dir.path(name), kind);
    REQUIRE(export_rows(dir, options, small_schema("t"), true).ok());
    const std::string before = dir.get(name);
    const Status refused = export_rows(dir, options, small_schema("t", "pod"), true);
    CHECK(refused.code() == Code::kOutput);
    CHECK_THAT(refused.message(), Catch::Contains("another schema"));
    CHECK(dir.get(name) == before);
  }
}

TEST_CASE("a torn file is told before the query runs") {
  const ScratchDir dir;
  dir.put("a.csv", "service,count\nx,1");
  const auto files = set_in(dir, true);
  FilesSink sink(options_for(dir.path("a.csv")), *files);
  CHECK_THAT(sink.open().message(), Catch::Contains("torn"));
}

TEST_CASE("after a failure calls are harmless and nothing appears") {
  const ScratchDir dir;
  dir.put("t.csv", "old\n");
  const auto files = set_in(dir);
  FilesSink sink(options_for(dir.path("{table}.csv")), *files);
  const Schema good = small_schema("good");
  const Schema bad = small_schema("t");
  sink.begin(good);
  sink.begin(bad);
  CHECK(sink.status().code() == Code::kOutput);
  sink.rows(good, small_batch({{"x", 1}}));
  sink.rows(bad, small_batch({{"x", 1}}));
  sink.end({});
  CHECK(dir.get("t.csv") == "old\n");
  CHECK(dir.get("good.csv") == "<none>");
}
