// Parquet as a source of the local Vizier: row groups that a window does not touch are not read,
// and no damage makes more of it than a refusal.

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdint>
#include <random>
#include <string>
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

RowBatch rows(size_t first, size_t count, const std::vector<std::string>& texts) {
  RowBatch batch;
  batch.num_rows = count;
  Time64Column times;
  Int64Column numbers;
  StringColumn strings;
  BooleanColumn flags;
  Float64Column doubles;
  Uint128Column ids;
  for (size_t i = first; i < first + count; ++i) {
    times.push_back(Time64{static_cast<int64_t>(i ^ 1U)});  // neighbours are swapped
    numbers.push_back(static_cast<int64_t>(i));
    strings.push_back(texts[i % texts.size()]);
    flags.push_back(i % 3 == 0);
    doubles.push_back(static_cast<double>(i) / 3);
    ids.push_back({i, ~i});
  }
  batch.columns = {times, numbers, strings, flags, doubles, ids};
  return batch;
}

std::string parquet_bytes(size_t count) {
  const std::vector<std::string> texts = {"a", "", "\xff\xfe", "\xf4\x8f\xbf\xbf", "longer text"};
  StringOutput output;
  const auto sink = kParquetFormat.make({}, output);
  sink->begin(kSchema);
  for (size_t first = 0; first < count; first += 1000) {
    sink->rows(kSchema, rows(first, std::min<size_t>(1000, count - first), texts));
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
