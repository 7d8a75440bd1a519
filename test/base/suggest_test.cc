#include "base/suggest.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

namespace pxq {
namespace {

TEST_CASE("edit distance counts inserts, deletes, replacements and swaps") {
  CHECK(edit_distance("latncy", "latency", 3) == 1);
  CHECK(edit_distance("latency", "latency", 3) == 0);
  CHECK(edit_distance("laetncy", "latency", 3) == 1);
  CHECK(edit_distance("latexcy", "latency", 3) == 1);
  CHECK(edit_distance("kitten", "sitting", 5) == 3);
  CHECK(edit_distance("", "abc", 5) == 3);
}

TEST_CASE("edit distance ignores case and takes a dash for an underscore") {
  CHECK(edit_distance("Start-Time", "start_time", 3) == 0);
}

TEST_CASE("edit distance stops above its limit, also for huge names") {
  CHECK(edit_distance("kitten", "sitting", 2) == 3);
  CHECK(edit_distance(std::string(100000, 'a'), std::string(100000, 'b'), 4) == 5);
}

TEST_CASE("a suggestion is the nearest name, the first among equals") {
  const std::vector<std::string> names{"jsonl", "json-array", "csv", "tsv"};
  CHECK(nearest_name("cvs", names) == "csv");
  CHECK(nearest_name("jsnl", names) == "jsonl");
  CHECK(nearest_name("xsv", names) == "csv");
  CHECK(did_you_mean("jsonarray", names) == "did you mean 'json-array'?");
}

TEST_CASE("nothing is suggested for what resembles nothing") {
  const std::vector<std::string> names{"jsonl", "csv", "a"};
  CHECK(nearest_name("parquet", names).empty());
  CHECK(nearest_name("", names).empty());
  CHECK(nearest_name("z", names).empty());
  CHECK(did_you_mean("parquet", names).empty());
}

TEST_CASE("the folder of a name may be left out") {
  const std::vector<std::string> names{"px/cluster", "px/http_data", "px/pod"};
  CHECK(nearest_name("http_data", names) == "px/http_data");
  CHECK(nearest_name("htp_data", names) == "px/http_data");
  CHECK(nearest_name("px/htp_data", names) == "px/http_data");
}

}  // namespace
}  // namespace pxq
