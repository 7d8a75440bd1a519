#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "format/html/page_parts.h"
#include "format/stories.h"
#include "places.h"

namespace pxq {
namespace {

using Tables = std::vector<std::unique_ptr<TableBuilder>>;

constexpr int64_t kNoon = 1'700'000'000'123'456'789;

TableBuilder& add(Tables& tables, std::string name) {
  return *tables.emplace_back(std::make_unique<TableBuilder>(std::move(name)));
}

void empty_table(Tables& tables) {
  add(tables, "http_events")
      .column("time_", DataType::kTime64Ns)
      .column("service", DataType::kString, SemanticType::kServiceName)
      .column("latency", DataType::kInt64, SemanticType::kDurationNs);
}

void two_tables(Tables& tables) {
  add(tables, "services")
      .column("service", DataType::kString)
      .column("requests", DataType::kInt64)
      .row("checkout", 12)
      .row("cart", 3);
  add(tables, "errors").column("message", DataType::kString).row("no route").row("reset");
  add(tables, "idle").column("pod", DataType::kString);
}

void tables_of_one_name(Tables& tables) {
  for (int i = 0; i < 3; ++i) {
    tables.push_back(std::make_unique<TableBuilder>("output", std::to_string(i)));
    tables.back()->column("n", DataType::kInt64).row(i);
  }
}

void every_type(Tables& tables) {
  constexpr int64_t kMin = std::numeric_limits<int64_t>::min();
  constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
  add(tables, "types")
      .column("boolean", DataType::kBoolean)
      .column("int64", DataType::kInt64)
      .column("uint128", DataType::kUint128)
      .column("upid", DataType::kUint128, SemanticType::kUpid)
      .column("float64", DataType::kFloat64)
      .column("string", DataType::kString)
      .column("time_", DataType::kTime64Ns)
      .row(true, 0, Uint128{}, Uint128{(7ULL << 32) | 4321, 99}, 0.1, "text", Time64{kNoon})
      .row(false, kMin, Uint128{UINT64_MAX, UINT64_MAX}, Uint128{}, -0.0, "", Time64{kMin})
      .row(true, kMax, Uint128{1, 2}, Uint128{UINT64_MAX, 1}, 5e-324, " ", Time64{kMax})
      .row(false, 9007199254740993, Uint128{0x0123456789abcdef, 0xfedcba9876543210}, Uint128{},
           1.7976931348623157e308, "x", Time64{-1});
}

void every_meaning(Tables& tables) {
  add(tables, "meanings")
      .column("time_", DataType::kInt64, SemanticType::kTimeNs)
      .column("latency", DataType::kInt64, SemanticType::kDurationNs)
      .column("size", DataType::kInt64, SemanticType::kBytes)
      .column("cpu", DataType::kFloat64, SemanticType::kPercent)
      .column("rate", DataType::kFloat64, SemanticType::kThroughputPerNs)
      .column("throughput", DataType::kFloat64, SemanticType::kThroughputBytesPerNs)
      .column("status", DataType::kInt64, SemanticType::kHttpRespStatus)
      .column("quantiles", DataType::kString, SemanticType::kDurationNsQuantiles)
      .column("sizes", DataType::kString, SemanticType::kQuantiles)
      .column("link", DataType::kString, SemanticType::kScriptReference)
      .row(kNoon, 1'250'000, 5144, 0.123, 2.5e-6, 4.096e-6, 200,
           R"({"p01":1,"p50":1200000.0,"p99":8000000})", R"({"p50":1.5,"p99":8})",
           R"({"label":"px/pod","script":"px/pod","args":{"pod":"a"}})")
      .row(kNoon + 1, 450'000'000, 0, 0.0, 0.0, 1e-9, 404, "not json", R"({"p90":NaN})",
           R"({"label":7})")
      .row(-1, 900, 1048575, 0.95, 1e-6, 3.0, 500, R"({"p10":5,"p90":50})", "{}",
           R"({"label":"a\u001b[2Jb"})");
}

void not_a_number(Tables& tables) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  add(tables, "nan")
      .column("value", DataType::kFloat64)
      .column("share", DataType::kFloat64, SemanticType::kPercent)
      .row(std::nan(""), std::nan(""))
      .row(kInfinity, kInfinity)
      .row(-kInfinity, -kInfinity)
      .row(0.5, 0.5);
}

void strings_that_look_like_others(Tables& tables) {
  TableBuilder& table = add(tables, "strings").column("text", DataType::kString);
  for (const char* text : {"007", "1e5", "NaN", "null", "true", "=cmd|' /C calc'!A0", "+1", "-1",
                           "@x", " padded ", "", "{\"a\":1}", "a,b;c", "a\tb", "|pipe|",
                           "back\\slash", "*bold* _it_ a_b `code` <b>&amp;</b>"}) {
    table.row(text);
  }
}

void quotes_and_lines(Tables& tables) {
  add(tables, "quotes")
      .column("first", DataType::kString)
      .column("second", DataType::kString)
      .row("say \"hi\"", "it's")
      .row("\"", "\"\"")
      .row("two\nlines", "crlf\r\nline")
      .row("\r", "\n")
      .row("", "");
}

void utf8_wide_and_broken(Tables& tables) {
  add(tables, "utf8")
      .column("text", DataType::kString)
      .column("n", DataType::kInt64)
      .row("gr\xc3\xbc\xc3\x9f", 1)
      .row("\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e", 2)
      .row("e\xcc\x81 combined", 3)
      .row("\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa7 family", 4)
      .row("caf\xc3", 5)
      .row("\xff\xfe", 6)
      .row("lone \xed\xa0\x80 surrogate", 7)
      .row("overlong \xc0\xaf", 8)
      .row("reserved \xf4\x8f\xbf\xbf", 9)
      .row(
          "\xef\xbb\xbf"
          "bom \xe2\x80\xa8 line",
          10);
}

void escape_sequences(Tables& tables) {
  add(tables, "escapes\x1b]0;owned\x07")
      .column("text\x1b[31m", DataType::kString)
      .row("\x1b]0;title\x07")
      .row("\x1b[2J\x1b[H")
      .row("over\rwrite")
      .row(
          "\x9b"
          "31m c1 \xc2\x9b"
          "31m")
      .row("\x1b]52;c;AAAA\x07")
      .row(
          "\xe2\x80\xae"
          "desrever \xe2\x81\xa6isolate")
      .row(std::string_view("nul \0 del \x7f", 11));
}

void hostile_names(Tables& tables) {
  add(tables, "../../x,\"y\"")
      .column("", DataType::kInt64)
      .column("a", DataType::kInt64)
      .column("a", DataType::kInt64)
      .column("a#2", DataType::kInt64)
      .column("_table_", DataType::kInt64)
      .column("quote\"comma,", DataType::kInt64)
      .column("line\nfeed\ttab", DataType::kInt64)
      .column("\xff\xe2\x80\xae", DataType::kInt64)
      .row(1, 2, 3, 4, 5, 6, 7, 8);
}

void no_columns(Tables& tables) { add(tables, "nothing").row().row(); }

void many_rows(Tables& tables) {
  TableBuilder& table = add(tables, "many")
                            .column("n", DataType::kInt64)
                            .column("text", DataType::kString)
                            .column("size", DataType::kInt64, SemanticType::kBytes);
  for (int i = 0; i < 1030; ++i) {
    table.row(i * 1'000'000, std::string(i < 1020 ? 3 : 9, 'x'), i < 1000 ? 100 : 1 << 20);
  }
}

}  // namespace

std::vector<Story> all_stories() {
  return {
      {"no_tables"},
      {"empty_table", empty_table},
      {"no_columns", no_columns},
      {"two_tables", two_tables},
      {"tables_of_one_name", tables_of_one_name},
      {"every_type", every_type},
      {"every_meaning", every_meaning},
      {"nan", not_a_number},
      {"strings", strings_that_look_like_others},
      {"quotes", quotes_and_lines},
      {"utf8", utf8_wide_and_broken},
      {"escapes", escape_sequences},
      {"names", hostile_names},
      {"error_after_data", two_tables, Status(Code::kIncomplete, "stream lost")},
      {"error_at_once", [](Tables&) {}, Status(Code::kConnect, "refused")},
  };
}

namespace {

std::string read_golden(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  INFO("no golden file " << path << "; scripts/approve writes it");
  REQUIRE(in);
  return {std::istreambuf_iterator<char>(in), {}};
}

void check_golden(const std::string& name, const std::string& text) {
  const std::filesystem::path path = std::filesystem::path(PXQ_TEST_DATA) / "golden" / name;
  if (std::getenv("PXQ_APPROVE") != nullptr) {
    std::ofstream(path, std::ios::binary) << text;
    return;
  }
  INFO(name);
  CHECK(text == read_golden(path));
}

// What is the same in all pages is another test's; here it would hide what differs.
std::string without_page_parts(std::string text) {
  for (const std::string& part :
       {std::string(html::page_style()), std::string(html::page_script()),
        std::string(html::d3_script()), std::string(html::d3_notice()), html::content_policy()}) {
    if (const size_t at = text.find(part); at != std::string::npos) {
      text.replace(at, part.size(), "...");
    }
  }
  return text;
}

// Packed bytes are those of the library that packed them: such formats are read back instead.
TEST_CASE("S43 every format of text writes every story as approved") {
  for (const Format& format : formats()) {
    if (format.form == Format::Form::kBinary) continue;
    for (const Story& story : all_stories()) {
      const Played played = play(story, format, {});
      check_golden(story.name + "." + std::string(format.name), without_page_parts(played.text));
    }
  }
}

std::vector<Story> stories_to_cut() {
  std::vector<Story> stories = all_stories();
  stories.push_back({"many_rows", many_rows});
  return stories;
}

TEST_CASE("batches leave no trace in any format") {
  FormatOptions human;
  human.human = true;
  for (const Format& format : formats()) {
    for (const Story& story : stories_to_cut()) {
      for (const FormatOptions& options : {FormatOptions(), human}) {
        INFO(format.name << " " << story.name);
        const std::string whole = play(story, format, options).text;
        CHECK((play(story, format, options, {.rows_each = 1}).text == whole));
        CHECK((play(story, format, options, {.rows_each = 7}).text == whole));
        CHECK((play(story, format, options, {.rows_each = 100'000}).text == whole));
        CHECK((play(story, format, options, {.rows_each = 7, .eos_apart = true}).text == whole));
      }
    }
  }
}

TEST_CASE("formats with sections do not show how tables interleaved") {
  for (const char* name : {"table", "vertical", "markdown", "json-array"}) {
    for (const Story& story : stories_to_cut()) {
      INFO(name << " " << story.name);
      const Format& format = *find_format(name);
      const std::string whole = play(story, format, {}).text;
      CHECK((play(story, format, {}, {.rows_each = 1, .interleave = true}).text == whole));
    }
  }
}

TEST_CASE("on a terminal the table looks as approved") {
  FormatOptions terminal;
  terminal.width = 80;
  terminal.max_rows = 4;
  terminal.color = true;
  for (const Story& story : all_stories()) {
    for (const char* name : {"table", "vertical"}) {
      check_golden("terminal_" + story.name + "." + name,
                   play(story, *find_format(name), terminal).text);
    }
  }
}

}  // namespace
}  // namespace pxq
