// Parquet as a source of the local Vizier: row groups that a window does not touch are not read,
// and no damage makes more of it than a refusal.

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdint>
#include <random>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "base/output.h"
#include "fake/temp_dir.h"
#include "format/all_formats.h"
#include "local/data/data_set.h"
#include "local/data/stored/pieced_table.h"

namespace pxq::local {
namespace {

const Schema kSchema{"t",
                     "1",
                     {{"time_", DataType::kTime64Ns, SemanticType::kNone, {}},
                      {"n", DataType::kInt64, SemanticType::kBytes, "how many"},
                      {"s", DataType::kString, SemanticType::kPodName, {}},
                      {"b", DataType::kBoolean, SemanticType::kNone, {}},
                      {"x", DataType::kFloat64, SemanticType::kNone, {}},
                      {"u", DataType::kUint128, SemanticType::kUpid, {}}}};

constexpr size_t kRows = 300'000;  // three row groups

/// Whether rows are by the order of their times, or neighbours are swapped.
enum class Order { kSwapped, kKept };

RowBatch rows(size_t first, size_t count, const std::vector<std::string>& texts, Order order) {
  RowBatch batch;
  batch.num_rows = count;
  Time64Column times;
  Int64Column numbers;
  StringColumn strings;
  BooleanColumn flags;
  Float64Column doubles;
  Uint128Column ids;
  for (size_t i = first; i < first + count; ++i) {
    times.push_back(Time64{static_cast<int64_t>(order == Order::kKept ? i : i ^ 1U)});
    numbers.push_back(static_cast<int64_t>(i));
    strings.push_back(texts[i % texts.size()]);
    flags.push_back(i % 3 == 0);
    doubles.push_back(static_cast<double>(i) / 3);
    ids.push_back({i, ~i});
  }
  batch.columns = {times, numbers, strings, flags, doubles, ids};
  return batch;
}

const std::vector<std::string> kTexts = {"a", "", "\xff\xfe", "\xf4\x8f\xbf\xbf", "longer text"};

std::string parquet_bytes(size_t count, Order order = Order::kSwapped,
                          const std::vector<std::string>& texts = kTexts) {
  StringOutput output;
  const auto sink = kParquetFormat.make({}, output);
  sink->begin(kSchema);
  for (size_t first = 0; first < count; first += 1000) {
    sink->rows(kSchema, rows(first, std::min<size_t>(1000, count - first), texts, order));
  }
  sink->end({});
  return output.str();
}

class Sum final : public RowReceiver {
 public:
  bool rows(RowBatch&& batch) override {
    for (const int64_t number : std::get<Int64Column>(batch.columns[0])) {
      count += 1;
      total += static_cast<uint64_t>(number);  // a damaged file may hold any
    }
    for (const std::string_view text : std::get<StringColumn>(batch.columns[1]))
      bytes += text.size();
    return true;
  }

  size_t count = 0;
  uint64_t total = 0;
  size_t bytes = 0;
};

Status scan(const TableSource& table, const TimeWindow& window, Sum& sum) {
  const std::vector<size_t> columns = {1, 2};
  ScanRequest request;
  request.columns = columns;
  request.window = window;
  request.now_ns = INT64_MAX;
  return table.scan(request, sum);
}

TEST_CASE("a window of a Parquet file reads the row groups that it touches") {
  const fake::TempDir dir;
  const Result<DataSet> data = open_data_set(dir.write("x.parquet", parquet_bytes(kRows)));
  REQUIRE(data.ok());
  const auto* table = dynamic_cast<const PiecedTable*>(data->tables.find("t"));
  REQUIRE(table != nullptr);
  CHECK(table->relation() == kSchema.columns);
  CHECK(table->pieces() == 3);
  CHECK(data->now() == kRows - 1);
  Sum part;
  REQUIRE(scan(*table, {1000, 1999}, part).ok());
  CHECK(part.count == 1000);
  CHECK(part.total == (1000 + 1999) * 500);
  CHECK(part.bytes == 200 * (1 + 2 + 4 + 11));
  CHECK(table->pieces_read() == 1);
  Sum all;
  REQUIRE(scan(*table, {}, all).ok());
  CHECK(all.count == kRows);
}

using Lines = std::vector<std::pair<int64_t, std::string>>;

class Rows final : public RowReceiver {
 public:
  bool rows(RowBatch&& batch) override {
    const auto& times = std::get<Time64Column>(batch.columns[5]);
    for (size_t row = 0; row < batch.num_rows; ++row) {
      std::ostringstream line;
      line << std::get<Int64Column>(batch.columns[0])[row] << ' '
           << std::get<StringColumn>(batch.columns[1])[row] << ' '
           << int{std::get<BooleanColumn>(batch.columns[2])[row]} << ' '
           << std::get<Float64Column>(batch.columns[3])[row] << ' '
           << std::get<Uint128Column>(batch.columns[4])[row].low;
      lines.emplace_back(times[row].ns, line.str());
    }
    return true;
  }

  Lines lines;
};

Lines lines_of(const TableSource& table, const TimeWindow& window) {
  const std::vector<size_t> columns = {1, 2, 3, 4, 5, 0};
  ScanRequest request;
  request.columns = columns;
  request.window = window;
  request.now_ns = INT64_MAX;
  Rows found;
  REQUIRE(table.scan(request, found).ok());
  return std::move(found.lines);
}

TEST_CASE("a window that cuts row groups gives those of all rows that lie inside it") {
  // Few texts are a dictionary, many and long ones several pages of a row group.
  std::vector<std::string> texts = kTexts;
  if (GENERATE(false, true)) {
    for (int i = 0; i < 100'000; ++i) texts.push_back(std::string(20, 'x') + std::to_string(i));
  }
  const fake::TempDir dir;
  const Result<DataSet> data =
      open_data_set(dir.write("x.parquet", parquet_bytes(kRows, Order::kKept, texts)));
  REQUIRE(data.ok());
  const TableSource& table = *data->tables.find("t");
  const Lines all = lines_of(table, {});
  REQUIRE(all.size() == kRows);
  const auto window = GENERATE(TimeWindow{0, 0}, TimeWindow{7, 7}, TimeWindow{1000, 70'000},
                               TimeWindow{100'000, 130'000}, TimeWindow{122'879, 122'880},
                               TimeWindow{1, 299'998}, TimeWindow{299'999, 299'999});
  INFO("from " << window.start_ns << " to " << window.end_ns);
  const Lines inside(all.begin() + window.start_ns, all.begin() + window.end_ns + 1);
  CHECK((lines_of(table, window) == inside));  // without printing them
}

TEST_CASE("a damaged Parquet file is refused, or other rows, and nothing worse") {
  const fake::TempDir dir;
  const std::string whole = parquet_bytes(2000);
  std::mt19937 random(7);
  size_t refused = 0;
  for (int i = 0; i < 3000; ++i) {
    std::string bytes = whole;
    // The footer and the headers of pages are where damage can lead astray.
    const size_t from = i % 2 == 0 ? bytes.size() - 1500 : 0;
    for (int k = 0; k < 1 + i % 3; ++k) {
      bytes[from + random() % (bytes.size() - from)] = static_cast<char>(random());
    }
    const Result<DataSet> data = open_data_set(dir.write("x.parquet", bytes));
    if (!data.ok()) {
      ++refused;
      continue;
    }
    for (const auto& table : data->tables.all()) {
      if (table->relation().size() != kSchema.columns.size()) continue;
      Sum sum;
      const bool typed = table->relation()[1].type == DataType::kInt64 &&
                         table->relation()[2].type == DataType::kString;
      if (typed && !scan(*table, {}, sum).ok()) ++refused;
    }
  }
  CHECK(refused > 500);
}

}  // namespace
}  // namespace pxq::local
