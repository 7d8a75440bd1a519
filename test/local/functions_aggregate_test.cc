#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <random>

#include "local/functions/tdigest.h"
#include "local/functions_call.h"

namespace pxq::local {
namespace {

StringArena& arena() {
  static StringArena strings;
  return strings;
}

// Aggregates in batches of one row, so that state must survive from batch to batch.
Column aggregate(std::string_view name, const std::vector<Column>& batches,
                 const std::vector<std::vector<uint32_t>>& groups, size_t group_count) {
  const AggregateFunction* function = find_aggregate(name, column_type(batches.at(0)));
  REQUIRE(function != nullptr);
  const auto state = function->make();
  size_t seen = 0;
  for (size_t i = 0; i < batches.size(); ++i) {
    for (const uint32_t group : groups[i]) seen = std::max(seen, size_t{group} + 1);
    state->update(batches[i], groups[i], seen);
  }
  FunctionContext context{.strings = &arena()};
  Column result = state->finish(group_count, context);
  REQUIRE(column_type(result) == function->result);
  REQUIRE(column_size(result) == group_count);
  return result;
}

// Everything into one group.
template <typename Result>
Result total(std::string_view name, const Column& values) {
  const Column result =
      aggregate(name, {values}, {std::vector<uint32_t>(column_size(values), 0)}, 1);
  return std::get<std::vector<Result>>(result).at(0);
}

TEST_CASE("groups are kept apart over batches") {
  const std::vector<Column> batches = {Int64Column{1, 2, 3}, Int64Column{4, 5}};
  const std::vector<std::vector<uint32_t>> groups = {{0, 1, 0}, {2, 1}};
  CHECK(std::get<Int64Column>(aggregate("sum", batches, groups, 3)) == Int64Column{4, 7, 4});
  CHECK(std::get<Int64Column>(aggregate("count", batches, groups, 3)) == Int64Column{2, 2, 1});
  CHECK(std::get<Int64Column>(aggregate("max", batches, groups, 3)) == Int64Column{3, 5, 4});
  CHECK(std::get<Int64Column>(aggregate("min", batches, groups, 3)) == Int64Column{1, 2, 4});
  CHECK(std::get<Int64Column>(aggregate("any", batches, groups, 3)) == Int64Column{1, 2, 4});
  CHECK(std::get<Float64Column>(aggregate("mean", batches, groups, 3)) == Float64Column{2, 3.5, 4});
}

TEST_CASE("count takes every type") {
  CHECK(total<int64_t>("count", BooleanColumn{1, 0}) == 2);
  CHECK(total<int64_t>("count", Int64Column{1, 0}) == 2);
  CHECK(total<int64_t>("count", Float64Column{std::nan(""), 0}) == 2);
  CHECK(total<int64_t>("count", StringColumn{"", "a"}) == 2);
  CHECK(total<int64_t>("count", Uint128Column{{}, {}}) == 2);
  CHECK(total<int64_t>("count", Time64Column{{}, {}}) == 2);
}

TEST_CASE("sum wraps, and counts true values") {
  CHECK(total<int64_t>("sum", Int64Column{std::numeric_limits<int64_t>::max(), 1}) ==
        std::numeric_limits<int64_t>::min());
  CHECK(total<double>("sum", Float64Column{0.5, 0.25}) == 0.75);
  CHECK(total<int64_t>("sum", BooleanColumn{1, 0, 1}) == 2);
}

TEST_CASE("mean") {
  CHECK(total<double>("mean", BooleanColumn{1, 0, 1, 1}) == 0.75);
  CHECK(total<double>("mean", Float64Column{1, 2}) == 1.5);
  constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
  CHECK(total<double>("mean", Int64Column{kMax, kMax}) == 9223372036854775807.0);
}

TEST_CASE("a group without rows has Pixie's start values") {
  CHECK(total<int64_t>("count", StringColumn{}) == 0);
  CHECK(total<int64_t>("sum", Int64Column{}) == 0);
  CHECK(std::isnan(total<double>("mean", Int64Column{})));
  CHECK(total<int64_t>("max", Int64Column{}) == std::numeric_limits<int64_t>::min());
  CHECK(total<int64_t>("min", Int64Column{}) == std::numeric_limits<int64_t>::max());
  CHECK(total<Time64>("max", Time64Column{}).ns == std::numeric_limits<int64_t>::min());
  CHECK(total<Time64>("min", Time64Column{}).ns == std::numeric_limits<int64_t>::max());
  CHECK(total<double>("min", Float64Column{}) == std::numeric_limits<double>::max());
  CHECK(total<std::string_view>("any", StringColumn{}) == "");
  CHECK(total<Uint128>("any", Uint128Column{}) == Uint128{});
  CHECK(total<std::string_view>("quantiles", Int64Column{}) ==
        R"({"p01":null,"p10":null,"p25":null,"p50":null,"p75":null,"p90":null,"p99":null})");
}

TEST_CASE("the maximum of negative floats is the least positive float") {
  CHECK(total<double>("max", Float64Column{-2, -1}) == std::numeric_limits<double>::min());
  CHECK(total<double>("max", Float64Column{-2, 1}) == 1);
  CHECK(total<double>("min", Float64Column{-2, 1, std::nan("")}) == -2);
  CHECK(total<Time64>("max", Time64Column{{-5}, {-9}}).ns == -5);
}

TEST_CASE("any gives the first of every type") {
  CHECK(total<uint8_t>("any", BooleanColumn{1, 0}) == 1);
  CHECK(total<double>("any", Float64Column{1.5, 2}) == 1.5);
  CHECK(total<Time64>("any", Time64Column{{3}, {4}}).ns == 3);
  CHECK(total<Uint128>("any", Uint128Column{{1, 2}, {3, 4}}) == Uint128{1, 2});
}

TEST_CASE("any keeps a string whose batch is gone") {
  const auto state = find_aggregate("any", DataType::kString)->make();
  {
    const std::string text = "a text that is too long for the small buffer of a string";
    const std::vector<uint32_t> groups = {0};
    state->update(StringColumn{text}, groups, 1);
  }
  StringArena strings;
  FunctionContext context{.strings = &strings};
  CHECK(std::get<StringColumn>(state->finish(1, context)).at(0) ==
        "a text that is too long for the small buffer of a string");
}

TEST_CASE("quantiles write seven keys that pluck_float64 can read") {
  CHECK(total<std::string_view>("quantiles", Int64Column{5}) ==
        R"({"p01":5.0,"p10":5.0,"p25":5.0,"p50":5.0,"p75":5.0,"p90":5.0,"p99":5.0})");
  const std::string_view json = total<std::string_view>("quantiles", Float64Column{1, 2, 3, 4});
  CHECK(call<double>("pluck_float64", json, "p50") == 2.5);
  CHECK(call<int64_t>("floor", call<double>("pluck_float64", json, "p50")) == 2);
}

TEST_CASE("the digest is exact on few values") {
  TDigest digest;
  for (int i = 100; i >= 1; --i) digest.add(i);
  CHECK(digest.quantile(0) == 1);
  CHECK(digest.quantile(0.5) == Approx(50.5));
  CHECK(digest.quantile(0.25) == Approx(25.5));
  CHECK(digest.quantile(0.99) == Approx(99.5));
  CHECK(digest.quantile(1) == 100);
}

TEST_CASE("the digest is close on many values, in any order") {
  std::vector<double> values(200000);
  std::iota(values.begin(), values.end(), 0.0);
  const auto check = [&] {
    TDigest digest;
    for (const double value : values) digest.add(value);
    double previous = -1;
    for (const double q : {0.001, 0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 0.999}) {
      const double found = digest.quantile(q);
      CHECK(std::abs(found / 200000 - q) < 0.0005);
      CHECK(found > previous);
      previous = found;
    }
  };
  check();
  std::reverse(values.begin(), values.end());
  check();
  std::shuffle(values.begin(), values.end(), std::mt19937(1));
  check();
}

TEST_CASE("the digest bears equal, infinite and missing values") {
  TDigest digest;
  CHECK(std::isnan(digest.quantile(0.5)));
  digest.add(std::nan(""));
  CHECK(std::isnan(digest.quantile(0.5)));
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  for (int i = 0; i < 10000; ++i) digest.add(i % 2 == 0 ? kInfinity : -kInfinity);
  for (int i = 0; i < 10000; ++i) digest.add(7);
  CHECK(digest.quantile(0.5) == 7);
  CHECK(digest.quantile(0.01) == -kInfinity);
  CHECK(digest.quantile(0.99) == kInfinity);
  for (int i = 0; i < 5000; ++i) digest.add(i % 2 == 0 ? 1.7e308 : -1.7e308);
  CHECK(digest.quantile(0.5) == 7);
}

}  // namespace
}  // namespace pxq::local
