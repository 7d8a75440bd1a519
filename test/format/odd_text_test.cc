#include "format/odd_text.h"

#include <catch2/catch.hpp>
#include <initializer_list>
#include <string>

#include "format/stories.h"

namespace pxq {
namespace {

using Tables = std::vector<std::unique_ptr<TableBuilder>>;

// Cells that are written in each of the ways: short and long, in quotes and without, in one piece
// and in several. Of `odd` all are not UTF-8, of `good` none, of `some` those of every third row.
void rows_of_all_lengths(Tables& tables) {
  TableBuilder& table = *tables.emplace_back(std::make_unique<TableBuilder>("t"));
  table.column("n", DataType::kInt64)
      .column("odd", DataType::kString)
      .column("good", DataType::kString)
      .column("some", DataType::kString);
  int64_t row = 0;
  for (const size_t size : std::initializer_list<size_t>{0, 1, 15, 16, 31, 32, 33, 60, 300, 5000}) {
    for (const std::string_view special : {"", ",", "\"\"", "\n", "\t", ";", " "}) {
      const std::string text = std::string(size, 'x') + std::string(special);
      table.row(row, text + "\xff", "\xc3\xbc" + text, row % 3 == 0 ? "\xe2\x82" + text : text);
      ++row;
    }
  }
}

TEST_CASE("Cells that are not UTF-8 are counted where they are written as they are") {
  FormatOptions options;
  const char* format = "csv";
  SECTION("csv") {}
  SECTION("csv with another delimiter") { options.delimiter = ';'; }
  SECTION("csv for people") { options.human = true; }
  SECTION("tsv") { format = "tsv"; }
  OddText odd;
  options.odd_text = &odd;
  const Played played =
      play({.name = "", .tell = rows_of_all_lengths}, *find_format(format), options);
  CHECK(played.status.ok());
  REQUIRE(odd.found().size() == 2);
  CHECK(odd.found()[0].table == "t");
  CHECK(odd.found()[0].column == "odd");
  CHECK(odd.found()[0].cells == 70);
  CHECK(odd.found()[1].column == "some");
  CHECK(odd.found()[1].cells == 24);
}

TEST_CASE("Cells that are made text first are no longer odd, and nobody need ask") {
  FormatOptions options;
  OddText odd;
  options.odd_text = &odd;
  for (const auto bytes : {FormatOptions::Bytes::kReplace, FormatOptions::Bytes::kBase64}) {
    options.bytes = bytes;
    CHECK(
        play({.name = "", .tell = rows_of_all_lengths}, *find_format("csv"), options).status.ok());
  }
  CHECK(odd.found().empty());
  options.odd_text = nullptr;
  options.bytes = FormatOptions::Bytes::kText;
  CHECK(play({.name = "", .tell = rows_of_all_lengths}, *find_format("csv"), options).status.ok());
}

}  // namespace
}  // namespace pxq
