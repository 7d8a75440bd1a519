#include "wire/header_file.h"

#include <sys/stat.h>

#include <catch2/catch.hpp>

#include "fake/temp_dir.h"

namespace pxq::wire {
namespace {

Result<Headers> read(const std::string& content, mode_t mode = 0600) {
  const fake::TempDir dir;
  const std::string path = dir.write("headers", content);
  REQUIRE(::chmod(path.c_str(), mode) == 0);
  return read_header_file(path);
}

TEST_CASE("Headers are read a line each, in either spelling") {
  const Result<Headers> headers = read(
      "\xef\xbb\xbf# of the collector\n"
      "Authorization: Basic dXNlcjpwYXNz==\r\n"
      "\n"
      "  \t\n"
      "api-key=abc:def = g\n"
      "   # more\n"
      "\tX_Tenant.Id :  one two \n"
      "last=x");
  REQUIRE(headers.ok());
  CHECK(*headers == Headers{{"authorization", "Basic dXNlcjpwYXNz=="},
                            {"api-key", "abc:def = g"},
                            {"x_tenant.id", "one two"},
                            {"last", "x"}});
  CHECK(read("")->empty());
  CHECK(read("# nothing\n")->empty());
}

TEST_CASE("A bad line is told by its number and never quoted") {
  struct Bad {
    std::string line;
    std::string fault;
  };
  const std::vector<Bad> bad = {
      {"s3cret", "neither"},
      {"authorization s3cret: x", "the name"},
      {": s3cret", "the name"},
      {"s3cr\xc3\xa9t: s3cret", "the name"},
      {"grpc-timeout: s3cret", "for itself"},
      {"trace-bin: s3cret", "bytes"},
      {"x:", "no value"},
      {"x=  ", "no value"},
      {"x: s3cret\x01", "printable"},
      {"x: s3cret\xff", "printable"},
      {"A: s3cret", "before"},
  };
  for (const Bad& one : bad) {
    DYNAMIC_SECTION(one.line) {
      const Result<Headers> headers = read("# first\na: 1\n" + one.line + "\nb: 2\n");
      REQUIRE_FALSE(headers.ok());
      CHECK(headers.status().code() == Code::kUsage);
      CHECK_THAT(headers.status().message(), Catch::Contains("headers:3: "));
      CHECK_THAT(headers.status().message(), Catch::Contains(one.fault));
      CHECK_THAT(headers.status().message() + headers.status().hint(), !Catch::Contains("s3cr"));
    }
  }
}

TEST_CASE("A header file is its owner's alone") {
  CHECK(read("a: 1", 0400).ok());
  for (const mode_t mode : {0644u, 0640u, 0604u, 0660u, 0602u}) {
    const Result<Headers> headers = read("a: s3cret", mode);
    REQUIRE_FALSE(headers.ok());
    CHECK(headers.status().code() == Code::kUsage);
    CHECK_THAT(headers.status().hint(), Catch::Contains("chmod 600"));
  }
  CHECK(read_header_file("/nowhere/headers").status().code() == Code::kUsage);
  CHECK(read(std::string(1 << 20, '#')).status().code() == Code::kUsage);
}

}  // namespace
}  // namespace pxq::wire
