#include "script/row_cap.h"

#include <catch2/catch.hpp>
#include <string>

namespace pxq {
namespace {

ScriptRequest request_of(std::string text) {
  ScriptRequest request;
  request.text = std::move(text);
  return request;
}

TEST_CASE("the cap is the script's own, else the server's") {
  CHECK(row_cap("import px\n") == 10000);
  CHECK(row_cap("#px:set max_output_rows_per_table=50\nimport px\n") == 50);
  CHECK(row_cap("import px\r\n#px:set max_output_rows_per_table=50\r\n") == 50);
  CHECK(row_cap("#px:set max_output_rows_per_table=0") == kNoRowCap);
  CHECK(row_cap("#px:set max_output_rows_per_table=1\n#px:set max_output_rows_per_table=2\n") == 2);
}

TEST_CASE("what the server does not read as the setting does not count") {
  for (const std::string text :
       {" #px:set max_output_rows_per_table=5", "#px:set  max_output_rows_per_table=5",
        "# px:set max_output_rows_per_table=5", "#px:set max_output_rows_per_table = 5",
        "#px:set max_output_rows_per_table=five",
        "#px:set max_output_rows_per_table=", "#px:set max_output_rows_per_table=-1",
        "#px:set explain=true", "#px:set max_output_rows_per_table=99999999999999999999"}) {
    INFO(text);
    CHECK(row_cap(text) == 10000);
  }
}

TEST_CASE("another cap is a line before the script, which is counted") {
  ScriptRequest request = request_of("import px\r\nx");
  set_row_cap(request, 50000);
  CHECK(request.text == "#px:set max_output_rows_per_table=50000\nimport px\r\nx");
  CHECK(request.lines_before == 1);
  CHECK(row_cap(request.text) == 50000);
}

TEST_CASE("a byte order mark does not end up in the middle") {
  ScriptRequest request = request_of("\xEF\xBB\xBFimport px");
  set_row_cap(request, kNoRowCap);
  CHECK(request.text == "#px:set max_output_rows_per_table=0\nimport px");
}

TEST_CASE("a script's own line is changed where it is") {
  ScriptRequest request = request_of(
      "import px\n#px:set max_output_rows_per_table=7 \r\n#px:set explain=true\n"
      "#px:set max_output_rows_per_table=\nx\n");
  set_row_cap(request, 12);
  CHECK(request.text ==
        "import px\n#px:set max_output_rows_per_table=12 \r\n#px:set explain=true\n"
        "#px:set max_output_rows_per_table=12\nx\n");
  CHECK(request.lines_before == 0);
}

TEST_CASE("Flag --max-rows is a number or all") {
  CHECK(parse_max_rows("50000").value() == 50000);
  CHECK(parse_max_rows("all").value() == kNoRowCap);
  for (const std::string bad : {"0", "-1", "", "1.5", "1e5", "ALL", "99999999999999999999", "5k"}) {
    CHECK(parse_max_rows(bad).status().code() == Code::kUsage);
  }
}

}  // namespace
}  // namespace pxq
