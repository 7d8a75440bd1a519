#include <malloc.h>

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <random>
#include <vector>

#include "format/parquet/index_runs.h"
#include "format/parquet_reader.h"
#include "format/stories.h"
#include "text/json.h"

namespace pxq {
namespace {

using Tables = std::vector<std::unique_ptr<TableBuilder>>;

std::string written(const std::function<void(TableBuilder&)>& tell, const FormatOptions& options,
                    const Cut& cut = {}, Status end = {}) {
  const Story story{.name = "",
                    .tell =
                        [&](Tables& tables) {
                          tables.push_back(std::make_unique<TableBuilder>("t"));
                          tell(*tables.back());
                        },
                    .end = std::move(end)};
  const Played played = play(story, *find_format("parquet"), options, cut);
  REQUIRE(played.status.ok());
  return played.text;
}

template <typename Number>
std::string plain(Number value) {
  std::string bytes(sizeof value, '\0');
  std::memcpy(bytes.data(), &value, sizeof value);
  return bytes;
}

const std::vector<int64_t> kIntegers = {0, -1, 200, std::numeric_limits<int64_t>::min(),
                                        std::numeric_limits<int64_t>::max()};
const std::vector<double> kDoubles = {0.0, -0.0, 1e-310, std::numeric_limits<double>::infinity(),
                                      0.1};
const std::vector<std::string> kTexts = {"", "pod", std::string("a\0b", 3), "\xff\xfe",
                                         "\xf4\x8f\xbf\xbf"};

void every_type(TableBuilder& table) {
  table.column("flag", DataType::kBoolean)
      .column("count", DataType::kInt64, SemanticType::kBytes)
      .column("share", DataType::kFloat64)
      .column("text", DataType::kString)
      .column("upid", DataType::kUint128, SemanticType::kUpid)
      .column("time_", DataType::kTime64Ns, SemanticType::kTimeNs)
      .column("text", DataType::kString);  // a name that is there twice
  for (size_t i = 0; i < kIntegers.size(); ++i) {
    table.row(i % 2 == 0, kIntegers[i], kDoubles[i], kTexts[i],
              Uint128{0x0102030405060708, 0x090a0b0c0d0e0f00 + i}, Time64{kIntegers[i]}, "same");
  }
}

TEST_CASE("every value of every type comes back from Parquet, however rows are cut") {
  const size_t rows_each = GENERATE(size_t{1}, size_t{2}, size_t{1024});
  const ParquetReader file(written(every_type, {}, {.rows_each = rows_each}));
  REQUIRE(file.rows() == 5);
  for (size_t i = 0; i < kIntegers.size(); ++i) {
    CHECK(file.column(0)[i] == (i % 2 == 0 ? "1" : "0"));
    CHECK(file.column(1)[i] == plain(kIntegers[i]));
    CHECK(file.column(2)[i] == plain(kDoubles[i]));
    CHECK(original_bytes(file.column(3)[i]) == kTexts[i]);
    CHECK(file.column(4)[i] ==
          std::string("\1\2\3\4\5\6\7\10\11\12\13\14\15\16\17") + static_cast<char>(i));
    CHECK(file.column(5)[i] == plain(kIntegers[i]));
    CHECK(file.column(6)[i] == "same");
  }
}

TEST_CASE("a Parquet file says the types, units and names of its columns") {
  const ParquetReader file(written(every_type, {}));
  const std::vector<std::string> names = {"flag", "count", "share", "text",
                                          "upid", "time_", "text#2"};
  for (size_t i = 0; i < names.size(); ++i) {
    CHECK(file.schema(i).at(4).bytes == names[i]);
    CHECK(file.schema(i).at(3).number == 0);  // REQUIRED: PxL has no NULL
  }
  CHECK(file.schema(3).at(10).has(1));   // STRING
  CHECK(file.schema(4).at(10).has(14));  // UUID
  CHECK(file.schema(4).at(2).number == 16);
  const auto& timestamp = file.schema(5).at(10).at(8);
  CHECK(timestamp.at(1).number == 1);  // UTC
  CHECK(timestamp.at(2).has(3));       // nanoseconds
  const auto columns = nlohmann::json::parse(file.metadata().at("pxq.columns"));
  CHECK(columns.at(1).at("semantic_type") == "BYTES");
  CHECK(columns.at(1).at("unit") == "bytes");
  CHECK(file.metadata().at("pxq.table") == "t");
  CHECK(file.metadata().at("pxq.verdict") == "complete");
}

TEST_CASE("what the page tells of the run stands in the metadata") {
  chart::PagePlan page;
  page.script = "px/http_data";
  page.cluster = "prod";
  page.window_start_ns = 1'000'000'000;
  page.window_end_ns = 2'000'000'000;
  FormatOptions options;
  options.page = std::make_shared<chart::PagePlan>(page);
  const auto metadata = ParquetReader(written(every_type, options)).metadata();
  CHECK(metadata.at("pxq.script") == "px/http_data");
  CHECK(metadata.at("pxq.cluster") == "prod");
  CHECK(metadata.at("pxq.window_start") == "1970-01-01T00:00:01.000000000Z");
  CHECK(metadata.at("pxq.window_end") == "1970-01-01T00:00:02.000000000Z");
}

TEST_CASE("readers can skip row groups by the least and greatest values") {
  const ParquetReader file(written(every_type, {}));
  CHECK(file.statistics(0, 1).at(6).bytes == plain(std::numeric_limits<int64_t>::min()));
  CHECK(file.statistics(0, 1).at(5).bytes == plain(std::numeric_limits<int64_t>::max()));
  // Either zero is looked for below the least value: it must be the negative one.
  CHECK(file.statistics(0, 2).at(6).bytes == plain(-0.0));
  CHECK(file.statistics(0, 1).at(3).number == 0);  // nulls
  const ParquetReader unordered(written(
      [](TableBuilder& table) {
        table.column("x", DataType::kFloat64);
        table.row(1.0).row(std::nan("")).row(2.0);
      },
      {}));
  CHECK_FALSE(unordered.statistics(0, 0).has(5));
  CHECK_FALSE(unordered.statistics(0, 0).has(6));
}

TEST_CASE("text that is not UTF-8 follows the rule of JSON, or --bytes") {
  const auto tell = [](TableBuilder& table) {
    table.column("text", DataType::kString);
    table.row(std::string("a\xff"));
  };
  FormatOptions options;
  CHECK(ParquetReader(written(tell, options)).column(0)[0] == "a\xf4\x8f\xbf\xbf");
  options.bytes = FormatOptions::Bytes::kReplace;
  CHECK(ParquetReader(written(tell, options)).column(0)[0] == "a\xef\xbf\xbd");
  options.bytes = FormatOptions::Bytes::kBase64;
  CHECK(ParquetReader(written(tell, options)).column(0)[0] == "Yf8=");
}

TEST_CASE("a table without rows is a Parquet file with its columns") {
  const ParquetReader file(
      written([](TableBuilder& table) { table.column("a", DataType::kInt64); }, {}));
  CHECK(file.rows() == 0);
  CHECK(file.groups() == 0);
  CHECK(file.schema(0).at(4).bytes == "a");
}

TEST_CASE("a run that failed leaves no footer, so that nobody takes the rows for all") {
  const std::string text = written(every_type, {}, {}, Status(Code::kIncomplete, "cut"));
  CHECK_THROWS(ParquetReader(text));
}

TEST_CASE("long tables have several row groups, and texts a dictionary where that pays") {
  std::mt19937 random(20261129);
  std::vector<std::string> few, many;
  std::vector<int64_t> numbers;
  const std::string words[] = {"GET", "POST", "a rather long path of a request", ""};
  for (size_t i = 0; i < 130'000; ++i) {
    // Runs of one value, and values that alternate: both ways of writing indices.
    few.push_back(i % 1000 < 500 ? words[i / 1000 % 4] : words[random() % 4]);
    many.push_back(std::to_string(random()));
    numbers.push_back(static_cast<int64_t>(random()));
  }
  const auto tell = [&](TableBuilder& table) {
    table.column("few", DataType::kString)
        .column("many", DataType::kString)
        .column("number", DataType::kInt64);
    for (size_t i = 0; i < few.size(); ++i) table.row(few[i], many[i], numbers[i]);
  };
  const std::string text = written(tell, {}, {.rows_each = 997});
  const ParquetReader file(text);
  CHECK(file.groups() == 2);
  CHECK(file.rows() == 130'000);
  CHECK((file.column(0) == few));
  CHECK((file.column(1) == many));
  const std::vector<std::string> read = file.column(2);
  for (size_t i = 0; i < numbers.size(); i += 1013) CHECK(read[i] == plain(numbers[i]));
  const auto& columns = file.footer().at(4).list.at(0).at(1).list;
  CHECK(columns.at(0).at(3).has(11));
  CHECK_FALSE(columns.at(1).at(3).has(11));
  CHECK(columns.at(0).at(3).at(7).number < 40'000);
}

TEST_CASE("indices of any width come back") {
  // Their reading is tested above; here the sizes: a run costs two bytes, a group as many as bits.
  std::string out;
  parquet::append_index_runs(std::vector<uint32_t>(1000, 3), parquet::index_bits(5), out);
  CHECK(out == std::string("\xd0\x0f\x03"));
  out.clear();
  parquet::append_index_runs(std::vector<uint32_t>{0, 1, 2, 3, 4, 5, 6, 7}, 3, out);
  CHECK(out == std::string("\x03\x88\xc6\xfa"));
  CHECK(parquet::index_bits(1) == 1);
  CHECK(parquet::index_bits(2) == 1);
  CHECK(parquet::index_bits(3) == 2);
  CHECK(parquet::index_bits(65'536) == 16);
}

TEST_CASE("every story of one table that ends well is a Parquet file") {
  size_t files = 0;
  for (const Story& story : all_stories()) {
    const Played played = play(story, *find_format("parquet"), {});
    if (!story.end.ok() || !played.status.ok() || played.text.empty()) continue;
    INFO(story.name);
    const ParquetReader file(played.text);
    const size_t columns = file.footer().at(2).list.size() - 1;
    for (size_t i = 0; i < columns; ++i) {
      CHECK(file.column(i).size() == static_cast<size_t>(file.rows()));
    }
    ++files;
  }
  CHECK(files > 5);
}

TEST_CASE("two tables are no Parquet file") {
  const Story story{.name = "", .tell = [](Tables& tables) {
                      for (const char* name : {"a", "b"}) {
                        tables.push_back(std::make_unique<TableBuilder>(name));
                        tables.back()->column("x", DataType::kInt64);
                      }
                    }};
  const Played played = play(story, *find_format("parquet"), {});
  CHECK(played.status.code() == Code::kUsage);
  CHECK(played.status.hint() ==
        "choose one with -t a, or write a file for each with -o 'DIR/{table}.parquet'");
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // mallinfo2() is not theirs
class Swallowed final : public Output {
 protected:
  Status write(std::string_view /*bytes*/) override { return {}; }
};

size_t allocated_bytes() {
  const struct mallinfo2 info = mallinfo2();
  return info.uordblks + info.hblkhd;
}

TEST_CASE("a Parquet file that grows for ever takes the memory of a group of rows") {
  constexpr size_t kGroup = 122'880;
  const Schema schema{"t", "t", {{"n", DataType::kInt64, SemanticType::kNone, ""}}};
  RowBatch batch;
  batch.num_rows = kGroup;
  std::mt19937_64 random(20);  // numbers that cannot be packed: a megabyte a group
  Int64Column numbers(kGroup);
  for (int64_t& number : numbers) number = static_cast<int64_t>(random());
  batch.columns.emplace_back(std::move(numbers));
  Swallowed output;
  const auto sink = find_format("parquet")->make({}, output);
  sink->begin(schema);
  for (int group = 0; group < 2; ++group) sink->rows(schema, batch);
  const size_t early = allocated_bytes();
  for (int group = 0; group < 20; ++group) sink->rows(schema, batch);
  CHECK(allocated_bytes() < early + (size_t{1} << 20));
  CHECK(output.bytes_written() > size_t{20} << 20);
}
#endif

}  // namespace
}  // namespace pxq
