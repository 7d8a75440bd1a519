#include "file/append.h"

#include <catch2/catch.hpp>

#include "file/scratch_dir.h"

using namespace pxq;
using fake::ScratchDir;

namespace {

const AppendSample kCsv{.format = LineFormat::kCsv, .table = "t", .header = "a,b\n"};
const AppendSample kJsonLines{
    .format = LineFormat::kJsonLines, .table = "t", .record = "{\"a\":\"\",\"b\":0}\n"};

Result<bool> check(const std::string& text, const AppendSample& sample) {
  const ScratchDir dir;
  dir.put("f", text);
  return check_append(dir.path("f"), sample);
}

}  // namespace

TEST_CASE("rows of the same schema may follow; an empty file still needs its header") {
  CHECK(check("a,b\n1,2\n", kCsv).value());
  CHECK(check("a,b\n", kCsv).value());
  CHECK_FALSE(check("", kCsv).value());
  CHECK(check("{\"a\":\"x\",\"b\":7}\n", kJsonLines).value());
  CHECK(check("{\"a\":null,\"b\":null}\n", kJsonLines).value());
}

TEST_CASE("another schema is refused and both are named") {
  CHECK_THAT(check("a,c\n1,2\n", kCsv).status().message(),
             Catch::Contains("a,c") && Catch::Contains("a,b"));
  for (const char* text : {"{\"a\":\"x\"}\n", "{\"b\":7,\"a\":\"x\"}\n", "{\"a\":1,\"b\":7}\n",
                           "{\"a\":\"x\",\"b\":7,\"c\":1}\n", "[1]\n", "a,b\n"}) {
    INFO(text);
    CHECK(check(text, kJsonLines).status().code() == Code::kOutput);
  }
}

TEST_CASE("a file of several tables is judged by the rows of the same table") {
  AppendSample sample = kJsonLines;
  sample.record = "{\"_table_\":\"t\",\"a\":\"\",\"b\":0}\n";
  CHECK(check("{\"_table_\":\"other\",\"x\":1}\n", sample).ok());
  CHECK(check("{\"_table_\":\"t\",\"a\":\"\",\"b\":0}\n", sample).ok());
  CHECK_FALSE(check("{\"_table_\":\"t\",\"x\":1}\n", sample).ok());
}

TEST_CASE("a torn last record is found and its place named") {
  const Status torn = check("a,b\n1,2\n3,", kCsv).status();
  CHECK(torn.code() == Code::kOutput);
  CHECK_THAT(torn.message(), Catch::Contains("record 3 is torn: 2 bytes from byte 8 on"));
  CHECK_THAT(torn.hint(), Catch::Contains("truncate -s 8"));
  CHECK_THAT(check("{\"a\":\"x\",\"b\":7}\n{\"a\"", kJsonLines).status().message(),
             Catch::Contains("record 2 is torn"));
}

TEST_CASE("an LF within quotes does not end a CSV record") {
  CHECK(check("a,b\n\"x\ny\",2\n", kCsv).ok());
  CHECK(check("a,b\n\"say \"\"hi\"\"\n\",2\n", kCsv).ok());
  CHECK_THAT(check("a,b\n1,\"x\n", kCsv).status().hint(), Catch::Contains("truncate -s 4"));
}

TEST_CASE("damaged compressed files are refused") {
  const ScratchDir dir;
  dir.put("f.csv.gz", "not gzip");
  CHECK(check_append(dir.path("f.csv.gz"), kCsv).status().code() == Code::kOutput);
}
