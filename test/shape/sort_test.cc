#include "shape/sort.h"

#include <cmath>
#include <cstdlib>
#include <limits>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>

#include "shape/spreadsheet_guard.h"
#include "text/spreadsheet.h"

namespace pxq {
namespace {

/// A row as the test knows it; `number` tells rows of equal keys apart.
struct Row {
  int64_t number = 0;
  double share = 0;
  std::string text = {};
};

const Schema kRows{.name = "rows",
                   .id = "1",
                   .columns = {{"number", DataType::kInt64, SemanticType::kNone, ""},
                               {"share", DataType::kFloat64, SemanticType::kNone, ""},
                               {"text", DataType::kString, SemanticType::kNone, ""}}};

RowBatch batch_of(const std::vector<Row>& rows) {
  auto kept = std::make_shared<std::vector<Row>>(rows);
  Int64Column numbers;
  Float64Column shares;
  StringColumn texts;
  for (const Row& row : *kept) {
    numbers.push_back(row.number);
    shares.push_back(row.share);
    texts.push_back(row.text);
  }
  RowBatch batch;
  batch.columns = {numbers, shares, texts};
  batch.num_rows = rows.size();
  batch.storage = kept;
  return batch;
}

/// Copies what comes.
class Rows final : public ResultSink {
 public:
  std::vector<Row> rows_;
  bool eos = false;
  Status ended;
  size_t begun = 0;

  void begin(const Schema& /*schema*/) override { ++begun; }
  void rows(const Schema& /*schema*/, const RowBatch& batch) override {
    eos = eos || batch.eos;
    for (size_t i = 0; i < batch.num_rows; ++i) {
      rows_.push_back({std::get<Int64Column>(batch.columns[0])[i],
                       std::get<Float64Column>(batch.columns[1])[i],
                       std::string(std::get<StringColumn>(batch.columns[2])[i])});
    }
  }
  void end(const Summary& summary) override { ended = summary.status; }
};

std::vector<SortKey> keys(std::string_view text) { return parse_sort_keys(text).value(); }

std::vector<Row> many_rows(size_t count) {
  std::mt19937_64 random(7);
  std::vector<Row> rows;
  for (size_t i = 0; i < count; ++i) {
    const auto value = static_cast<int64_t>(random() % 97);
    rows.push_back({static_cast<int64_t>(i), static_cast<double>(value) / 8 - 3,
                    std::string(random() % 40, static_cast<char>('a' + random() % 20))});
  }
  return rows;
}

std::vector<int64_t> numbers(const std::vector<Row>& rows) {
  std::vector<int64_t> numbers;
  for (const Row& row : rows) numbers.push_back(row.number);
  return numbers;
}

std::vector<int64_t> sorted(const std::vector<Row>& rows, const std::string& by, size_t memory) {
  Rows out;
  Sort sort({.keys = keys(by), .memory = memory}, out);
  sort.begin(kRows);
  for (size_t at = 0; at < rows.size(); at += 100) {
    RowBatch batch =
        batch_of({rows.begin() + static_cast<std::ptrdiff_t>(at),
                  rows.begin() + static_cast<std::ptrdiff_t>(std::min(at + 100, rows.size()))});
    batch.eos = at + 100 >= rows.size();
    sort.rows(kRows, batch);
  }
  sort.end({});
  CHECK(sort.status().ok());
  CHECK(out.eos);
  return numbers(out.rows_);
}

}  // namespace

TEST_CASE("rows are sorted stably by several keys, in memory and through temporary files") {
  const std::vector<Row> rows = many_rows(20'000);
  std::vector<Row> expected = rows;
  std::stable_sort(expected.begin(), expected.end(), [](const Row& a, const Row& b) {
    if (a.share != b.share) return a.share > b.share;
    return a.text < b.text;
  });
  const size_t memory = GENERATE(size_t{64} << 20, size_t{100'000}, size_t{1});
  CHECK(sorted(rows, "-share,text", memory) == numbers(expected));
}

TEST_CASE("NaN stands after all numbers in either direction, and -0 beside 0") {
  const double nan = std::nan("");
  const double infinity = std::numeric_limits<double>::infinity();
  const std::vector<Row> rows = {{0, nan}, {1, 0.0}, {2, -infinity}, {3, -0.0}, {4, infinity}};
  CHECK(sorted(rows, "share", 1) == std::vector<int64_t>{2, 1, 3, 4, 0});
  CHECK(sorted(rows, "-share", size_t{1} << 20) == std::vector<int64_t>{4, 1, 3, 2, 0});
}

TEST_CASE("whole numbers keep all their digits in order, and text is ordered by its bytes") {
  const std::vector<Row> rows = {{(int64_t{1} << 53) + 1, 0, "b"},
                                 {int64_t{1} << 53, 0, "a\xff"},
                                 {std::numeric_limits<int64_t>::min(), 0, "B"},
                                 {-1, 0, "a"}};
  CHECK(sorted(rows, "number", 1) == std::vector<int64_t>{std::numeric_limits<int64_t>::min(), -1,
                                                          int64_t{1} << 53,
                                                          (int64_t{1} << 53) + 1});
  CHECK(sorted(rows, "TEXT", 1) == std::vector<int64_t>{std::numeric_limits<int64_t>::min(), -1,
                                                        int64_t{1} << 53, (int64_t{1} << 53) + 1});
}

TEST_CASE("a name that is no column stops a sort before any table is announced") {
  Rows out;
  Sort sort({.keys = keys("shar")}, out);
  sort.begin(kRows);
  sort.rows(kRows, batch_of(many_rows(3)));
  CHECK(sort.status().code() == Code::kUsage);
  CHECK(sort.status().message() == "--sort: no column 'shar' in table 'rows'");
  CHECK(sort.status().hint() == "did you mean 'share'?");
  sort.end({});
  CHECK(out.begun == 0);
  CHECK(out.rows_.empty());
  CHECK(out.ended.code() == Code::kUsage);
}

TEST_CASE("rows that find no room on disk are a failure that names the place") {
  ::setenv("TMPDIR", "/nowhere/at/all", 1);
  Rows out;
  Sort sort({.keys = keys("share"), .memory = 1}, out);
  sort.begin(kRows);
  sort.rows(kRows, batch_of(many_rows(3)));
  ::unsetenv("TMPDIR");
  CHECK(sort.status().code() == Code::kOutput);
  CHECK_THAT(sort.status().message(), Catch::Contains("rows to be sorted (TMPDIR)"));
  sort.end({});
  CHECK(out.rows_.empty());
}

TEST_CASE("a sort stops when nobody wants the rest, one batch after that") {
  Rows out;
  Sort sort({.keys = keys("number"), .enough = [&] { return out.rows_.size() >= 10; }}, out);
  sort.begin(kRows);
  sort.rows(kRows, batch_of(many_rows(10'000)));
  sort.end({});
  CHECK(out.rows_.size() > 10);
  CHECK(out.rows_.size() < 5'000);
}

TEST_CASE("keys of a sort are names, each with a dash before it for the greatest first") {
  const auto known = parse_sort_keys("a,-b");
  REQUIRE(known.ok());
  REQUIRE(known->size() == 2);
  CHECK((*known)[0].column == "a");
  CHECK_FALSE((*known)[0].descending);
  CHECK((*known)[1].column == "b");
  CHECK((*known)[1].descending);
  CHECK(parse_sort_keys("a,,b").status().code() == Code::kUsage);
  CHECK(parse_sort_keys("-").status().code() == Code::kUsage);
}

TEST_CASE("what a spreadsheet would run is known in all its clothes") {
  const std::string formula =
      GENERATE("=cmd|'/c calc'!A1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1",
               "\xef\xbb\xbf=1", "\"=1\"", " =1", " \"\xef\xbb\xbf@x",
               "\xef\xbc\x9d"
               "1",
               "\xef\xbc\x8b", "\xef\xbc\x8d", "\xef\xbc\xa0");
  CHECK(runs_as_formula(formula));
}

TEST_CASE("harmless text is not taken for a formula") {
  const std::string text =
      GENERATE("", "a=1", "1+1", "'=1", "x@y", "/api", "{\"a\":1}", "\"quoted\"", "\xef\xbc", "#1");
  CHECK_FALSE(runs_as_formula(text));
}

TEST_CASE("digits that a spreadsheet would lose are known") {
  CHECK(loses_digits("007"));
  CHECK(loses_digits("1234567890123456"));
  CHECK_FALSE(loses_digits("123456789012345"));
  CHECK_FALSE(loses_digits("0"));
  CHECK_FALSE(loses_digits("1234567890123456a"));
  CHECK_FALSE(loses_digits("0.5"));
}

}  // namespace pxq
