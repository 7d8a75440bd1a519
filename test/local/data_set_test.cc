#include "local/data/data_set.h"

#include <catch2/catch.hpp>
#include <numeric>

#include "local/data/sampled_table.h"

namespace pxq::local::test {
namespace {

/// So many rows, one every ten nanoseconds.
class Ticks final : public SampledTable {
 public:
  explicit Ticks(size_t rows) : rows_(rows) {}
  std::string_view name() const override { return "ticks"; }
  std::string_view description() const override { return "made up"; }
  const std::vector<ColumnInfo>& relation() const override {
    static const std::vector<ColumnInfo> relation{
        {"text", DataType::kString, SemanticType::kNone, ""},
        {"time_", DataType::kTime64Ns, SemanticType::kNone, ""}};
    return relation;
  }

 private:
  Result<RowBatch> sample(FunctionContext& context) const override {
    StringColumn texts;
    Time64Column times;
    for (size_t i = 0; i < rows_; ++i) {
      texts.push_back(context.strings->keep("row " + std::to_string(i)));
      times.push_back({static_cast<int64_t>(i) * 10});
    }
    return RowBatch{.columns = {texts, times}, .num_rows = rows_, .storage = nullptr};
  }

  size_t rows_;
};

class Keeper final : public RowReceiver {
 public:
  explicit Keeper(size_t most = SIZE_MAX) : most_(most) {}
  bool rows(RowBatch&& batch) override {
    batches.push_back(std::move(batch));
    return batches.size() < most_;
  }
  std::vector<RowBatch> batches;

 private:
  size_t most_;
};

TEST_CASE("a sample gives the asked columns of the rows inside the window") {
  Keeper keeper;
  const std::vector<size_t> columns{1, 0};
  REQUIRE(Ticks(100).scan({columns, {15, 40}}, keeper).ok());
  REQUIRE(keeper.batches.size() == 1);
  CHECK(std::get<Time64Column>(keeper.batches[0].columns[0]) == Time64Column{{20}, {30}, {40}});
  CHECK(std::get<StringColumn>(keeper.batches[0].columns[1]) ==
        StringColumn{"row 2", "row 3", "row 4"});
}

TEST_CASE("a large sample comes in batches until nobody wants more") {
  Keeper all;
  const std::vector<size_t> columns{0};
  REQUIRE(Ticks(2 * kScanRows + 1).scan({columns, {}}, all).ok());
  REQUIRE(all.batches.size() == 3);
  CHECK(all.batches[0].num_rows == kScanRows);
  CHECK(std::get<StringColumn>(all.batches[2].columns[0]) ==
        StringColumn{"row " + std::to_string(2 * kScanRows)});
  Keeper one{1};
  REQUIRE(Ticks(2 * kScanRows + 1).scan({columns, {}}, one).ok());
  CHECK(one.batches.size() == 1);
}

TEST_CASE("a data set is opened by its name") {
  const Result<DataSet> host = open_data_set("host");
  REQUIRE(host.ok());
  CHECK(host->name == "host");
  CHECK(host->tables.find("process_stats") != nullptr);
  CHECK(host->now() > 1'600'000'000'000'000'000);
}

TEST_CASE("a source that is not there, and an option that it does not have, are refused") {
  const auto [text, message, hint] = GENERATE(table<std::string, std::string, std::string>(
      {{"hots", "the local Vizier has no source 'hots'", "did you mean 'host'?"},
       {"elsewhere,x", "the local Vizier has no source 'elsewhere'", "write --local=host for"},
       {"host,seed=1", "--local=host has no option 'seed=1'", "write --local=host"}}));
  const Result<DataSet> data = open_data_set(text);
  REQUIRE_FALSE(data.ok());
  CHECK(data.status().code() == Code::kUsage);
  CHECK(data.status().message() == message);
  CHECK(data.status().hint().starts_with(hint));
}

}  // namespace
}  // namespace pxq::local::test
