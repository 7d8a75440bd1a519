#include "format/one_table.h"

#include <catch2/catch.hpp>

namespace pxq {
namespace {

TEST_CASE("the hint to choose a table can be pasted, whatever the table's name is") {
  CHECK(two_tables("csv", "csv", "http", "dns").hint() ==
        "choose one with -t http, or write a file for each with -o 'DIR/{table}.csv'");
  CHECK_THAT(two_tables("csv", "csv", "Slow requests", "dns").hint(),
             Catch::StartsWith("choose one with -t 'Slow requests', or"));
}

}  // namespace
}  // namespace pxq
