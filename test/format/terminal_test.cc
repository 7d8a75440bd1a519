#include <catch2/catch.hpp>

#include "format/column_fit.h"
#include "format/stories.h"
#include "text/width.h"

namespace pxq {
namespace {

using Tables = std::vector<std::unique_ptr<TableBuilder>>;

FormatOptions terminal(int width) {
  FormatOptions options;
  options.width = width;
  return options;
}

std::string shown(const FormatOptions& options, std::function<void(Tables&)> tell,
                  const Cut& cut = {}) {
  return play({.name = "", .tell = std::move(tell)}, *find_format("table"), options, cut).text;
}

void long_text(Tables& tables) {
  auto& table = *tables.emplace_back(std::make_unique<TableBuilder>("t"));
  table.column("n", DataType::kInt64).column("text", DataType::kString);
  table.row(1, std::string(50, 'x')).row(2, "\xe6\x97\xa5\xe6\x9c\xac");
}

void wide_rows(Tables& tables) {
  auto& table = *tables.emplace_back(std::make_unique<TableBuilder>("t"));
  for (const char* name : {"a", "b", "c", "d"}) table.column(name, DataType::kString);
  const std::string text(30, 'x');
  table.row(text, text, text, text);
}

void counted_rows(Tables& tables, int rows) {
  auto& table = *tables.emplace_back(std::make_unique<TableBuilder>("t"));
  table.column("n", DataType::kInt64);
  for (int i = 1; i <= rows; ++i) table.row(i);
}

size_t widest_line(const std::string& text) {
  size_t widest = 0;
  for (size_t start = 0; start < text.size();) {
    const size_t end = text.find('\n', start);
    widest = std::max(widest, display_width(std::string_view(text).substr(start, end - start)));
    start = end + 1;
  }
  return widest;
}

TEST_CASE("values are cut to the terminal and the footer says so") {
  CHECK(shown(terminal(40), long_text) ==
        "t: 2 rows, 2 columns\n"
        "    n  text\n"
        "int64  string\n"
        "    1  xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…\n"
        "    2  \xe6\x97\xa5\xe6\x9c\xac\n"
        "values cut in 1 column; --wide shows all\n");
}

TEST_CASE("in a pipe and with --wide nothing is cut or hidden") {
  FormatOptions wide = terminal(40);
  wide.wide = true;
  wide.max_rows = 2;
  CHECK(shown(wide, long_text) == shown(FormatOptions(), long_text));
  CHECK(shown(wide, long_text).find(std::string(50, 'x')) != std::string::npos);
}

TEST_CASE("columns that do not fit are hidden at one mark and counted") {
  const std::string text = shown(terminal(60), wide_rows);
  const std::string header =
      "a" + std::string(27 + kColumnGap, ' ') + "b" + std::string(26 + kColumnGap, ' ') + "…\n";
  CHECK(text.find(header) != std::string::npos);
  CHECK(widest_line(text) == 60);
  CHECK(text.ends_with("values cut in 2 columns, hidden: c, d; --wide, -x\n"));
}

TEST_CASE("expansion by itself when too much would be hidden of a short result") {
  FormatOptions options = terminal(60);
  options.max_rows = 40;
  options.expanded = FormatOptions::Expanded::kAuto;
  const std::string line = std::string(30, 'x') + "\n";
  const std::string expanded =
      "t: 1 row, 4 columns\n── row 1 ──\na  " + line + "b  " + line + "c  " + line + "d  " + line;
  CHECK(shown(options, wide_rows) == expanded);
  CHECK(shown(options, wide_rows, {.eos_apart = true}) == expanded);
  const auto empty = [](std::vector<std::unique_ptr<TableBuilder>>& tables) {
    tables.push_back(std::make_unique<TableBuilder>("t"));
    for (char name = 'a'; name < 'z'; ++name) {
      tables.back()->column(std::string(12, name), DataType::kInt64);
    }
  };
  CHECK(shown(options, empty).find("\naaaaaaaaaaaa") != std::string::npos);
  options.width = 80;
  CHECK(shown(options, wide_rows).find("row 1") == std::string::npos);
}

TEST_CASE("of a long result the first and the last rows are shown, whatever the batches") {
  FormatOptions options = terminal(80);
  options.max_rows = 4;
  const std::string expected =
      "    n\nint64\n    1\n    2\n⋮\n    9\n   10\n6 rows of 10 hidden; --wide shows all\n";
  for (const size_t rows_each : {1U, 3U, 7U, 9U, 10U}) {
    const std::string text =
        shown(options, [](Tables& tables) { counted_rows(tables, 10); }, {.rows_each = rows_each});
    CHECK(text.substr(text.find('\n') + 1) == expected);
  }
  for (const int rows : {0, 1, 3, 4}) {
    CHECK(shown(options, [rows](Tables& tables) { counted_rows(tables, rows); }).find("⋮") ==
          std::string::npos);
  }
}

TEST_CASE("rows are on the terminal two ticks after the first, and from then on at once") {
  TableBuilder table("t");
  table.column("n", DataType::kInt64).row(1).row(2);
  StringOutput output;
  const auto sink = find_format("table")->make(terminal(80), output);
  sink->begin(table.schema());
  sink->tick();
  sink->rows(table.schema(), table.batch(0, 1));
  sink->tick();
  CHECK(output.str().empty());
  sink->tick();
  CHECK(output.str() == "t: 1 column\n    n\nint64\n    1\n");
  sink->rows(table.schema(), table.batch(1, 1));
  CHECK(output.str() == "t: 1 column\n    n\nint64\n    1\n    2\n");
  sink->end({});
  CHECK(output.str() == "t: 1 column\n    n\nint64\n    1\n    2\n2 rows\n");
}

TEST_CASE("of a stream every row is shown, however many there are") {
  TableBuilder table("t");
  table.column("n", DataType::kInt64);
  std::string lines;
  for (int i = 1; i <= 100; ++i) {
    table.row(i);
    const std::string number = std::to_string(i);
    lines += std::string(5 - number.size(), ' ') + number + "\n";
  }
  FormatOptions options = terminal(80);
  options.max_rows = 40;
  options.expanded = FormatOptions::Expanded::kAuto;
  Summary interrupted;
  interrupted.status = Status(Code::kInterrupted, "interrupted");
  SECTION("as they come") {
    StringOutput output;
    const auto sink = find_format("table")->make(options, output);
    sink->begin(table.schema());
    sink->rows(table.schema(), table.batch(0, 3));
    sink->tick();
    sink->tick();
    for (size_t row = 3; row < 100; ++row) sink->rows(table.schema(), table.batch(row, 1));
    CHECK(output.str() == "t: 1 column\n    n\nint64\n" + lines);
    sink->end(interrupted);
    CHECK(output.str() == "t: 1 column\n    n\nint64\n" + lines);
  }
  SECTION("when it is interrupted before a row was shown") {
    StringOutput output;
    const auto sink = find_format("table")->make(options, output);
    sink->begin(table.schema());
    sink->rows(table.schema(), table.batch(0, 100));
    sink->end(interrupted);
    CHECK(output.str() == "t: 1 column\n    n\nint64\n" + lines);
  }
}

TEST_CASE("a run that failed has no footer and claims no number of rows") {
  Story story{.name = "", .tell = wide_rows, .end = Status(Code::kIncomplete, "lost")};
  const std::string text = play(story, *find_format("table"), terminal(60)).text;
  CHECK(text.find("hidden") == std::string::npos);
  CHECK(text.starts_with("t: 4 columns\n"));
}

TEST_CASE("colour stands beside meaning only, and escape codes come from Paint alone") {
  FormatOptions options = terminal(200);
  options.color = true;
  const auto tell = [](Tables& tables) {
    auto& table = *tables.emplace_back(std::make_unique<TableBuilder>("t"));
    table.column("latency_p99", DataType::kInt64, SemanticType::kDurationNs)
        .column("elapsed", DataType::kInt64, SemanticType::kDurationNs)
        .column("cpu", DataType::kFloat64, SemanticType::kPercent)
        .column("status", DataType::kInt64, SemanticType::kHttpRespStatus);
    table.row(200'000'000, 900'000'000, 0.7, 399).row(300'000'000, 1, 0.75, 400);
    table.row(500'000'000, 1, 0.9, 503);
  };
  const std::string text = shown(options, tell);
  CHECK(text.find("\x1b[33m300.0 ms\x1b[0m") != std::string::npos);
  CHECK(text.find("\x1b[31m500.0 ms\x1b[0m") != std::string::npos);
  CHECK(text.find("\x1b[33m75.0 %\x1b[0m") != std::string::npos);
  CHECK(text.find("\x1b[31m90.0 %\x1b[0m") != std::string::npos);
  CHECK(text.find("\x1b[31m400\x1b[0m") != std::string::npos);
  CHECK(text.find("m200.0") == std::string::npos);
  CHECK(text.find("m399") == std::string::npos);
  options.color = false;
  CHECK(shown(options, tell).find('\x1b') == std::string::npos);
}

}  // namespace
}  // namespace pxq
