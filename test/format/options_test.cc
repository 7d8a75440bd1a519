#include <catch2/catch.hpp>

#include "format/stories.h"
#include "text/time_zone.h"

namespace pxq {
namespace {

using Tables = std::vector<std::unique_ptr<TableBuilder>>;

std::string written(const char* format, const FormatOptions& options,
                    std::function<void(Tables&)> tell) {
  const Played played = play({.name = "", .tell = std::move(tell)}, *find_format(format), options);
  CHECK(played.status.ok());
  return played.text;
}

TableBuilder& add(Tables& tables, std::string name) {
  return *tables.emplace_back(std::make_unique<TableBuilder>(std::move(name)));
}

void one_of_each(Tables& tables) {
  add(tables, "t")
      .column("_table_", DataType::kInt64)
      .column("f", DataType::kFloat64)
      .column("s", DataType::kString)
      .column("time_", DataType::kTime64Ns)
      .row(7, std::nan(""), "a\xff", Time64{-1'500'000'000});
}

void two(Tables& tables) {
  add(tables, "b").column("x", DataType::kInt64).row(1).row(2);
  add(tables, "a").column("y", DataType::kInt64).row(3).row(4);
}

TEST_CASE("JSON: each option changes its own values only") {
  FormatOptions options;
  CHECK(written("jsonl", options, one_of_each) ==
        "{\"_table_\":7,\"f\":null,\"s\":\"a\xf4\x8f\xbf\xbf\","
        "\"time_\":\"1969-12-31T23:59:58.500000000Z\"}\n");
  options.int64 = FormatOptions::Int64::kString;
  options.nan = FormatOptions::Nan::kString;
  options.bytes = FormatOptions::Bytes::kBase64;
  options.time = FormatOptions::Time::kUnix;
  CHECK(written("jsonl", options, one_of_each) ==
        "{\"_table_\":\"7\",\"f\":\"NaN\",\"s\":\"Yf8=\",\"time_\":-1.500000000}\n");
  options.bytes = FormatOptions::Bytes::kReplace;
  options.time = FormatOptions::Time::kUnixNs;
  options.table_key = true;
  CHECK(written("jsonl", options, one_of_each) ==
        "{\"_table_\":\"t\",\"_table_#2\":\"7\",\"f\":\"NaN\",\"s\":\"a\xef\xbf\xbd\","
        "\"time_\":\"-1500000000\"}\n");
}

TEST_CASE("CSV: times and bytes follow the options, header may go") {
  FormatOptions options;
  options.time = FormatOptions::Time::kUnix;
  options.header = false;
  CHECK(written("csv", options, one_of_each) == "7,NaN,a\xff,-1.500000000\n");
  options.bytes = FormatOptions::Bytes::kBase64;
  CHECK(written("csv", options, one_of_each) == "7,NaN,Yf8=,-1.500000000\n");
  options.bytes = FormatOptions::Bytes::kReplace;
  CHECK(written("tsv", options, one_of_each) == "7\tNaN\ta\xef\xbf\xbd\t-1.500000000\n");
}

TEST_CASE("CSV and TSV refuse a second table before any byte and name the remedies") {
  for (const char* name : {"csv", "tsv"}) {
    const Played played = play({.name = "", .tell = two}, *find_format(name), {});
    CHECK(played.text.empty());
    CHECK(played.status.code() == Code::kUsage);
    CHECK(played.status.message().find("'b' and 'a'") != std::string::npos);
    CHECK(played.status.hint().find("-t b") != std::string::npos);
    CHECK(played.status.hint().find("-o 'DIR/{table}." + std::string(name) + "'") !=
          std::string::npos);
  }
}

TEST_CASE("a second table that comes after rows still fails, whole rows before it stay") {
  TableBuilder first("first");
  TableBuilder second("second");
  first.column("n", DataType::kInt64).row(1);
  second.column("n", DataType::kInt64).row(2);
  StringOutput output;
  const auto sink = find_format("csv")->make({}, output);
  first.stream_to(*sink);
  second.stream_to(*sink);
  sink->end({});
  CHECK(output.str() == "n\n1\n");
  CHECK(output.status().code() == Code::kUsage);
}

TEST_CASE("rows written before a second table was announced have no table key") {
  TableBuilder first("first");
  TableBuilder second("second");
  first.column("n", DataType::kInt64).row(1);
  second.column("n", DataType::kInt64).row(2);
  StringOutput output;
  const auto sink = find_format("jsonl")->make({}, output);
  first.stream_to(*sink);
  second.stream_to(*sink);
  sink->rows(first.schema(), first.batch());
  sink->end({});
  CHECK(output.str() ==
        "{\"n\":1}\n{\"_table_\":\"second\",\"n\":2}\n{\"_table_\":\"first\",\"n\":1}\n");
}

TEST_CASE("a terminal and a pipe each have one format, and lines alone can be added to") {
  std::vector<std::string_view> terminal, pipe, lines;
  for (const Format& format : formats()) {
    if (format.default_for == DefaultFor::kTerminal) terminal.push_back(format.name);
    if (format.default_for == DefaultFor::kPipe) pipe.push_back(format.name);
    if (format.lines) lines.push_back(format.name);
  }
  CHECK(terminal == std::vector<std::string_view>{"table"});
  CHECK(pipe == std::vector<std::string_view>{"jsonl"});
  CHECK(lines == std::vector<std::string_view>{"jsonl", "csv", "tsv"});
  CHECK(default_format(DefaultFor::kTerminal).name == "table");
  CHECK(default_format(DefaultFor::kPipe).name == "jsonl");
}

TEST_CASE("sections stand in the order asked for, then by name") {
  FormatOptions options;
  options.table_key = true;
  const std::string by_name =
      "[\n{\"_table_\":\"a\",\"y\":3},\n{\"_table_\":\"a\",\"y\":4},\n"
      "{\"_table_\":\"b\",\"x\":1},\n{\"_table_\":\"b\",\"x\":2}\n]\n";
  CHECK(written("json-array", options, two) == by_name);
  chart::PagePlan page;
  page.widgets = {{.table = "b"}};
  options.page = std::make_shared<chart::PagePlan>(page);
  CHECK(written("json-array", options, two) ==
        "[\n{\"_table_\":\"b\",\"x\":1},\n{\"_table_\":\"b\",\"x\":2},\n"
        "{\"_table_\":\"a\",\"y\":3},\n{\"_table_\":\"a\",\"y\":4}\n]\n");
}

TEST_CASE("tables that wait are the same whether held in memory or spilled") {
  const auto tell = [](Tables& tables) {
    for (const char* name : {"c", "b", "a"}) {
      TableBuilder& table = add(tables, name).column("text", DataType::kString);
      for (int i = 0; i < 2000; ++i) table.row(std::string(300, static_cast<char>('a' + i % 26)));
    }
  };
  FormatOptions options;
  const Format& format = *find_format("json-array");
  const std::string held = play({.name = "", .tell = tell}, format, options).text;
  for (const size_t bytes : {size_t{0}, size_t{1000}, size_t{700'000}}) {
    options.hold_bytes = bytes;
    const Played spilled =
        play({.name = "", .tell = tell}, format, options, {.rows_each = 64, .interleave = true});
    CHECK(spilled.status.ok());
    CHECK((spilled.text == held));
  }
}

TEST_CASE("the first section's rows are out before the run ends") {
  TableBuilder a("a");
  TableBuilder b("b");
  a.column("n", DataType::kInt64).row(1).row(2);
  b.column("n", DataType::kInt64).row(3);
  StringOutput output;
  const auto sink = find_format("json-array")->make({}, output);
  sink->begin(b.schema());
  sink->begin(a.schema());
  sink->rows(b.schema(), b.batch());
  CHECK(output.str().empty());
  sink->rows(a.schema(), a.batch(0, 1));
  CHECK(output.str() == "[\n{\"_table_\":\"a\",\"n\":1}");
  RowBatch last = a.batch(1, 1);
  last.eos = true;
  sink->rows(a.schema(), last);
  CHECK(
      output.str() ==
      "[\n{\"_table_\":\"a\",\"n\":1},\n{\"_table_\":\"a\",\"n\":2},\n{\"_table_\":\"b\",\"n\":3}");
  sink->rows(a.schema(), a.batch());  // against the protocol: the section is closed
  sink->end({});
  CHECK(output.str().ends_with("\"n\":3}\n]\n"));
}

TEST_CASE("Flag --human gives csv the measures of a table and leaves strings alone") {
  FormatOptions options;
  options.human = true;
  const auto tell = [](Tables& tables) {
    add(tables, "t")
        .column("latency", DataType::kInt64, SemanticType::kDurationNs)
        .column("upid", DataType::kUint128, SemanticType::kUpid)
        .column("n", DataType::kInt64)
        .column("s", DataType::kString)
        .row(1'500'000, Uint128{1ULL << 32 | 2, 3}, 1000, "a,\x1b")
        .row(2'000'000'000, Uint128{}, 0, "");
  };
  CHECK(written("csv", options, tell) ==
        "latency,upid,n,s\n1.50 ms,1:2:3,1000,\"a,\x1b\"\n2.00 s,0:0:0,0,\n");
}

TEST_CASE("tables show times on the clock of --tz and name it") {
  if (!TimeZone::load("Asia/Kolkata").ok()) return;  // a machine without zone files
  FormatOptions options;
  options.time_zone = "Asia/Kolkata";
  const auto tell = [](Tables& tables) {
    add(tables, "t").column("time_", DataType::kTime64Ns).row(Time64{0});
  };
  CHECK(written("table", options, tell) ==
        "t: 1 row, 1 column\ntime_\nAsia/Kolkata\n1970-01-01 05:30:00.000\n");
}

TEST_CASE("Data formats give times with the offset of --tz, in each form of --time-format") {
  using Time = FormatOptions::Time;
  const auto tell = [](Tables& tables) {
    add(tables, "t")
        .column("time_", DataType::kTime64Ns)
        .row(Time64{1'700'000'000'987'654'321})
        .row(Time64{-1});
  };
  struct Form {
    Time time;
    std::string zone;
    std::string first;
    std::string second;
  };
  const Form form = GENERATE(
      Form{Time::kRfc3339, "", "2023-11-14T22:13:20.987654321Z", "1969-12-31T23:59:59.999999999Z"},
      Form{Time::kRfc3339Ms, "", "2023-11-14T22:13:20.987Z", "1969-12-31T23:59:59.999Z"},
      Form{Time::kRfc3339S, "", "2023-11-14T22:13:20Z", "1969-12-31T23:59:59Z"},
      Form{Time::kRfc3339, "+09:00", "2023-11-15T07:13:20.987654321+09:00",
           "1970-01-01T08:59:59.999999999+09:00"},
      Form{Time::kRfc3339S, "-0330", "2023-11-14T18:43:20-03:30", "1969-12-31T20:29:59-03:30"},
      Form{Time::kUnixMs, "+09:00", "1700000000987", "-1"},
      Form{Time::kUnixUs, "", "1700000000987654", "-1"},
      Form{Time::kUnixNs, "", "1700000000987654321", "-1"});
  FormatOptions options;
  options.time = form.time;
  options.time_zone = form.zone;
  CHECK(written("csv", options, tell) == "time_\n" + form.first + "\n" + form.second + "\n");
  const bool number = form.first.find('T') == std::string::npos;
  const std::string quote = number ? "" : "\"";
  CHECK(written("jsonl", options, tell) == "{\"time_\":" + quote + form.first + quote +
                                               "}\n{\"time_\":" + quote + form.second + quote +
                                               "}\n");
}

TEST_CASE("Expanded rows set long JSON in lines, and leave all else as it is") {
  const auto tell = [](Tables& tables) {
    add(tables, "t")
        .column("body", DataType::kString)
        .column("n", DataType::kInt64)
        .row(
            "{\"a\":[1.50,{}, \"x, \\\"y\\\": "
            "{\"],\"long\":\"0123456789012345678901234567890123456789\"}",
            1)
        .row("{\"short\":1}", 2)
        .row("{not JSON, and longer than a line that holds short ones, by far}", 3);
  };
  CHECK(written("vertical", {}, tell) ==
        "t: 3 rows, 2 columns\n"
        "── row 1 ──\n"
        "body  {\n"
        "        \"a\": [\n"
        "          1.50,\n"
        "          {},\n"
        "          \"x, \\\"y\\\": {\"\n"
        "        ],\n"
        "        \"long\": \"0123456789012345678901234567890123456789\"\n"
        "      }\n"
        "n     1\n"
        "── row 2 ──\n"
        "body  {\"short\":1}\n"
        "n     2\n"
        "── row 3 ──\n"
        "body  {not JSON, and longer than a line that holds short ones, by far}\n"
        "n     3\n");
}

TEST_CASE("an unknown zone fails the output") {
  FormatOptions options;
  options.time_zone = "No/Such";
  CHECK(play({.name = ""}, *find_format("table"), options).status.code() == Code::kUsage);
}

TEST_CASE("formats are found by name, alias and extension") {
  CHECK(find_format("json") == find_format("jsonl"));
  CHECK(find_format("xml") == nullptr);
  CHECK(find_format("") == nullptr);
  CHECK(find_format_by_extension("") == nullptr);
  CHECK(find_format_by_extension("json")->name == "json-array");
  for (const Format& format : formats()) {
    CHECK(find_format(format.name) == &format);
    CHECK_FALSE(format.description.empty());
  }
}

}  // namespace
}  // namespace pxq
