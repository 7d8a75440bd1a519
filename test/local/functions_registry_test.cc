#include <cmath>
#include <limits>
#include <set>

#include "local/functions_call.h"

namespace pxq::local {
namespace {

using enum DataType;
using enum SemanticType;

bool exists(std::string_view name, const std::vector<DataType>& types) {
  return find_scalar(name, types) != nullptr;
}

TEST_CASE("every overload is found, and only once") {
  std::set<std::string> seen;
  for (const ScalarFunction& function : scalar_functions()) {
    INFO(describe(function));
    CHECK(find_scalar(function.name, function.arguments) == &function);
    CHECK(seen.insert(std::string(function.name) + "(" + type_list(function.arguments)).second);
    CHECK(function.kernel != nullptr);
    CHECK(is_scalar_name(function.name));
    CHECK_FALSE(is_aggregate_name(function.name));
  }
  for (const AggregateFunction& function : aggregate_functions()) {
    INFO(describe(function));
    CHECK(find_aggregate(function.name, function.argument) == &function);
    CHECK(is_aggregate_name(function.name));
  }
}

TEST_CASE("every scalar function gives columns of its type, also of no rows") {
  StringArena strings;
  FunctionContext context{.strings = &strings};
  for (const ScalarFunction& function : scalar_functions()) {
    INFO(describe(function));
    std::vector<Column> columns;
    for (const DataType type : function.arguments) {
      columns.push_back(make_column(type));
      std::visit([](auto& cells) { cells.resize(3); }, columns.back());
      if (auto* texts = std::get_if<StringColumn>(&columns.back())) {
        std::fill(texts->begin(), texts->end(), "");
      }
    }
    std::vector<const Column*> pointers;
    for (const Column& column : columns) pointers.push_back(&column);
    for (const size_t rows : {3u, 0u}) {
      const Column result = function.kernel(pointers, rows, context);
      CHECK(column_type(result) == function.result);
      CHECK(column_size(result) == rows);
    }
  }
}

template <typename Cells>
void fill_cycle(Column& column, size_t rows, size_t stride, const Cells& values) {
  auto& cells = std::get<Cells>(column);
  for (size_t row = 0; row < rows; ++row) cells.push_back(values[row / stride % values.size()]);
}

// Edge values of a type; `stride` makes the columns of one call meet in all combinations.
Column edge_column(DataType type, size_t rows, size_t stride) {
  constexpr int64_t kMin = std::numeric_limits<int64_t>::min();
  constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  static const std::string zeros(1, '\0');
  Column column = make_column(type);
  switch (type) {
    case kBoolean: fill_cycle(column, rows, stride, BooleanColumn{0, 1}); break;
    case kInt64: fill_cycle(column, rows, stride, Int64Column{kMin, -1, 0, 1, 3, kMax}); break;
    case kTime64Ns:
      fill_cycle(column, rows, stride, Time64Column{{kMin}, {-1}, {0}, {1}, {3}, {kMax}});
      break;
    case kUint128: fill_cycle(column, rows, stride, Uint128Column{{}, {~0u, 1}, {1, ~0u}}); break;
    case kFloat64:
      fill_cycle(column, rows, stride,
                 Float64Column{-kInfinity, -1e300, -0.0, 5e-324, 1e300, std::nan("")});
      break;
    default:
      fill_cycle(column, rows, stride,
                 StringColumn{"", zeros, "\xff\\1", "[\"a\"", "{\"a\":", "a:b%4"});
  }
  return column;
}

TEST_CASE("no function has trouble with edge values") {
  StringArena strings;
  FunctionContext context{.strings = &strings};
  for (const ScalarFunction& function : scalar_functions()) {
    INFO(describe(function));
    constexpr size_t kRows = 6 * 6 * 6;
    std::vector<Column> columns;
    size_t stride = 1;
    for (const DataType type : function.arguments) {
      columns.push_back(edge_column(type, kRows, stride));
      stride = stride == 36 ? 1 : stride * 6;
    }
    std::vector<const Column*> pointers;
    for (const Column& column : columns) pointers.push_back(&column);
    CHECK(column_size(function.kernel(pointers, kRows, context)) == kRows);
  }
}

TEST_CASE("types must match exactly") {
  CHECK_FALSE(exists("greaterThan", {kInt64, kFloat64}));
  CHECK_FALSE(exists("greaterThan", {kTime64Ns, kInt64}));
  CHECK_FALSE(exists("greaterThan", {kBoolean, kBoolean}));
  CHECK_FALSE(exists("equal", {kTime64Ns, kInt64}));
  CHECK_FALSE(exists("equal", {kBoolean, kFloat64}));
  CHECK_FALSE(exists("add", {kString, kInt64}));
  CHECK_FALSE(exists("add", {kTime64Ns, kTime64Ns}));
  CHECK_FALSE(exists("modulo", {kFloat64, kInt64}));
  CHECK_FALSE(exists("bin", {kInt64, kFloat64}));
  CHECK_FALSE(exists("floor", {kInt64}));
  CHECK_FALSE(exists("logicalAnd", {kBoolean, kInt64}));
  CHECK_FALSE(exists("select", {kBoolean, kUint128, kUint128}));
  CHECK_FALSE(exists("select", {kBoolean, kInt64, kFloat64}));
  CHECK_FALSE(exists("add", {kInt64}));
  CHECK_FALSE(exists("nothing", {}));
  CHECK(find_aggregate("max", kString) == nullptr);
  CHECK(find_aggregate("sum", kTime64Ns) == nullptr);
  CHECK(find_aggregate("quantiles", kTime64Ns) == nullptr);
  CHECK(find_aggregate("add", kInt64) == nullptr);
  CHECK_FALSE(is_scalar_name("count"));
  CHECK_FALSE(is_aggregate_name(""));
}

TEST_CASE("sums inherit what both sides are") {
  const std::vector<DataType> ints = {kInt64, kInt64};
  for (const SemanticType type : {kBytes, kDurationNs, kThroughputPerNs, kThroughputBytesPerNs}) {
    CHECK(scalar_semantic("add", ints, {type, type}) == type);
    CHECK(scalar_semantic("subtract", ints, {type, type}) == type);
    CHECK(scalar_semantic("add", ints, {type, kNone}) == kNone);
  }
  CHECK(scalar_semantic("add", ints, {kPercent, kPercent}) == kNone);
  CHECK(scalar_semantic("abs", {kFloat64}, {kPercent}) == kPercent);
  CHECK(scalar_semantic("multiply", ints, {kBytes, kBytes}) == kNone);
}

TEST_CASE("rates: the idiom of time buckets and throughput") {
  const std::vector<DataType> ints = {kInt64, kInt64};
  CHECK(scalar_semantic("bin", {kTime64Ns, kInt64}, {kNone, kDurationNs}) == kNone);
  CHECK(scalar_semantic("divide", ints, {kNone, kDurationNs}) == kThroughputPerNs);
  CHECK(scalar_semantic("divide", ints, {kBytes, kDurationNs}) == kThroughputBytesPerNs);
  CHECK(scalar_semantic("divide", ints, {kDurationNs, kDurationNs}) == kThroughputPerNs);
  CHECK(scalar_semantic("divide", ints, {kBytes, kBytes}) == kNone);
  CHECK(scalar_semantic("divide", ints, {kDurationNs, kNone}) == kNone);
  CHECK(aggregate_semantic("count", kInt64, kDurationNs) == kNone);
  CHECK(aggregate_semantic("sum", kInt64, kBytes) == kBytes);
}

TEST_CASE("quantiles: the idiom of plucking percentiles") {
  CHECK(aggregate_semantic("quantiles", kInt64, kDurationNs) == kDurationNsQuantiles);
  CHECK(aggregate_semantic("quantiles", kFloat64, kBytes) == kQuantiles);
  CHECK(scalar_semantic("pluck_float64", {kString, kString}, {kDurationNsQuantiles, kNone}) ==
        kNone);
  CHECK(scalar_semantic("floor", {kFloat64}, {kDurationNs}) == kNone);
}

TEST_CASE("what aggregates inherit") {
  CHECK(aggregate_semantic("sum", kInt64, kDurationNs) == kNone);
  CHECK(aggregate_semantic("sum", kFloat64, kPercent) == kPercent);
  CHECK(aggregate_semantic("mean", kInt64, kDurationNs) == kDurationNs);
  CHECK(aggregate_semantic("max", kInt64, kBytes) == kBytes);
  CHECK(aggregate_semantic("min", kTime64Ns, kTimeNs) == kNone);
  CHECK(aggregate_semantic("any", kString, kPodName) == kPodName);
}

TEST_CASE("select keeps what its two sides share") {
  const std::vector<DataType> types = {kBoolean, kString, kString};
  CHECK(scalar_semantic("select", types, {kNone, kPodName, kPodName}) == kPodName);
  CHECK(scalar_semantic("select", types, {kNone, kPodName, kNone}) == kNone);
  CHECK(scalar_semantic("select", types, {kPodName, kNone, kNone}) == kNone);
}

TEST_CASE("fixed semantic types") {
  CHECK(scalar_semantic("asid", {}, {}) == kAsid);
  CHECK(scalar_semantic("upid_to_asid", {kUint128}, {SemanticType::kUpid}) == kAsid);
  CHECK(scalar_semantic("upid_to_pid", {kUint128}, {SemanticType::kUpid}) == kNone);
  CHECK(scalar_semantic("upid", {kInt64, kInt64}, {kNone, kNone}) == kUpid);
  CHECK(scalar_semantic("_script_reference", {kString, kString}, {kPodName, kNone}) ==
        kScriptReference);
}

TEST_CASE("overloads describe themselves") {
  CHECK(describe(*find_scalar("bin", std::vector{kTime64Ns, kInt64})) ==
        "bin(TIME64NS,INT64) -> TIME64NS");
  CHECK(describe(*find_scalar("asid", {})) == "asid() -> INT64");
  CHECK(describe(*find_aggregate("quantiles", kFloat64)) == "quantiles(FLOAT64) -> STRING");
}

}  // namespace
}  // namespace pxq::local
