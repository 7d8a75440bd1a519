#include <cmath>
#include <limits>

#include "local/functions_call.h"

namespace pxq::local {
namespace {

constexpr int64_t kMin = std::numeric_limits<int64_t>::min();
constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
constexpr double kInfinity = std::numeric_limits<double>::infinity();
const double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kEpsilon = std::numeric_limits<double>::epsilon();

TEST_CASE("add covers numbers, times and strings") {
  CHECK(call<int64_t>("add", 2, 3) == 5);
  CHECK(call<double>("add", 2, 0.5) == 2.5);
  CHECK(call<double>("add", 0.5, 2) == 2.5);
  CHECK(call<double>("add", 0.5, 0.25) == 0.75);
  CHECK(call<Time64>("add", Time64{10}, 5).ns == 15);
  CHECK(call<Time64>("add", 5, Time64{10}).ns == 15);
  CHECK(call<std::string>("add", "v", "1") == "v1");
  CHECK(call<std::string>("add", "", "") == "");
}

TEST_CASE("int64 arithmetic wraps") {
  CHECK(call<int64_t>("add", kMax, 1) == kMin);
  CHECK(call<Time64>("add", Time64{kMax}, 1).ns == kMin);
  CHECK(call<int64_t>("subtract", kMin, 1) == kMax);
  CHECK(call<int64_t>("multiply", kMin, -1) == kMin);
  CHECK(call<int64_t>("multiply", kMax, 2) == -2);
  CHECK(call<int64_t>("negate", kMin) == kMin);
  CHECK(call<int64_t>("abs", kMin) == kMin);
}

TEST_CASE("subtract gives a span of time, or a time") {
  CHECK(call<int64_t>("subtract", 2, 3) == -1);
  CHECK(call<double>("subtract", 2.5, 1.0) == 1.5);
  CHECK(call<double>("subtract", 2, 0.5) == 1.5);
  CHECK(call<double>("subtract", 2.5, 1) == 1.5);
  CHECK(call<Time64>("subtract", Time64{10}, 4).ns == 6);
  CHECK(call<int64_t>("subtract", Time64{10}, Time64{4}) == 6);
  CHECK(call<int64_t>("subtract", 10, Time64{4}) == 6);
}

TEST_CASE("multiply") {
  CHECK(call<int64_t>("multiply", 6, 7) == 42);
  CHECK(call<double>("multiply", 0.5, 4.0) == 2.0);
  CHECK(call<double>("multiply", 0.5, 4) == 2.0);
  CHECK(call<double>("multiply", 4, 0.5) == 2.0);
}

TEST_CASE("divide is always a float") {
  CHECK(call<double>("divide", 7, 2) == 3.5);
  CHECK(call<double>("divide", 7.0, 2) == 3.5);
  CHECK(call<double>("divide", 7, 2.0) == 3.5);
  CHECK(call<double>("divide", 7.0, 2.0) == 3.5);
  CHECK(call<double>("divide", 1, 0) == kInfinity);
  CHECK(call<double>("divide", -1, 0) == -kInfinity);
  CHECK(std::isnan(call<double>("divide", 0, 0)));
  CHECK(call<double>("divide", kMin, -1) == 9223372036854775808.0);
}

TEST_CASE("modulo keeps the dividend's sign and gives 0 where C++ has no answer") {
  CHECK(call<int64_t>("modulo", 7, 3) == 1);
  CHECK(call<int64_t>("modulo", -7, 3) == -1);
  CHECK(call<int64_t>("modulo", Time64{7}, 3) == 1);
  CHECK(call<int64_t>("modulo", 7, Time64{3}) == 1);
  CHECK(call<int64_t>("modulo", Time64{7}, Time64{3}) == 1);
  CHECK(call<int64_t>("modulo", 7, 0) == 0);
  CHECK(call<int64_t>("modulo", kMin, -1) == 0);
}

TEST_CASE("negate and invert") {
  CHECK(call<int64_t>("negate", 5) == -5);
  CHECK(call<double>("negate", 0.5) == -0.5);
  CHECK(call<int64_t>("invert", 0) == -1);
}

TEST_CASE("bin cuts to a multiple, toward zero") {
  CHECK(call<int64_t>("bin", 17, 5) == 15);
  CHECK(call<int64_t>("bin", -17, 5) == -15);
  CHECK(call<Time64>("bin", Time64{17}, 5).ns == 15);
  CHECK(call<Time64>("bin", Time64{17}, Time64{5}).ns == 15);
  CHECK(call<int64_t>("bin", 17, Time64{5}) == 15);
  CHECK(call<int64_t>("bin", 17.9, 5) == 15);
  CHECK(call<int64_t>("bin", 17, 0) == 17);
  CHECK(call<int64_t>("bin", kMin, -1) == kMin);
  CHECK(call<int64_t>("bin", kNan, 5) == 0);
  CHECK(call<int64_t>("bin", 1e300, 1) == kMax);
}

TEST_CASE("floor and ceil give integers and saturate") {
  CHECK(call<int64_t>("floor", 2.7) == 2);
  CHECK(call<int64_t>("floor", -2.1) == -3);
  CHECK(call<int64_t>("ceil", 2.1) == 3);
  CHECK(call<int64_t>("ceil", -2.7) == -2);
  CHECK(call<int64_t>("floor", 1e19) == kMax);
  CHECK(call<int64_t>("floor", 9223372036854775808.0) == kMax);
  CHECK(call<int64_t>("floor", -9223372036854775808.0) == kMin);
  CHECK(call<int64_t>("ceil", -kInfinity) == kMin);
  CHECK(call<int64_t>("floor", kInfinity) == kMax);
  CHECK(call<int64_t>("ceil", kNan) == 0);
}

TEST_CASE("round gives a string") {
  CHECK(call<std::string>("round", 0.248, 2) == "0.25");
  CHECK(call<std::string>("round", 2.5, 0) == "2");
  CHECK(call<std::string>("round", 1.0, -1) == "1.000000");
  CHECK(call<std::string>("round", kInfinity, 2) == "inf");
  CHECK(call<std::string>("round", kNan, 2) == "nan");
  CHECK(call<std::string>("round", -1e308, 3).size() == 1 + 309 + 4);
  CHECK(call<std::string>("round", 5e-324, kMax).size() == 1076);
}

TEST_CASE("roots, logarithms and powers") {
  CHECK(call<int64_t>("abs", -3) == 3);
  CHECK(call<double>("abs", -0.5) == 0.5);
  CHECK(call<double>("sqrt", 9) == 3);
  CHECK(call<double>("sqrt", 6.25) == 2.5);
  CHECK(std::isnan(call<double>("sqrt", -1)));
  CHECK(call<double>("ln", 1) == 0);
  CHECK(call<double>("ln", 1.0) == 0);
  CHECK(call<double>("ln", 0) == -kInfinity);
  CHECK(call<double>("log2", 8) == 3);
  CHECK(call<double>("log2", 0.5) == -1);
  CHECK(call<double>("log10", 1000) == Approx(3));
  CHECK(call<double>("log10", 0.1) == Approx(-1));
  CHECK(call<double>("exp", 0) == 1);
  CHECK(call<double>("exp", 1.0) == Approx(2.718281828));
  CHECK(call<double>("log", 3, 81) == Approx(4));  // base first
  CHECK(call<double>("log", 3.0, 81) == Approx(4));
  CHECK(call<double>("log", 3, 81.0) == Approx(4));
  CHECK(call<double>("log", 3.0, 81.0) == Approx(4));
  CHECK(call<double>("pow", 2, 10) == 1024);
  CHECK(call<double>("pow", 2.0, 10) == 1024);
  CHECK(call<double>("pow", 2, 0.5) == Approx(1.41421356));
  CHECK(call<double>("pow", 4.0, 0.5) == 2);
}

TEST_CASE("time and int64 convert to each other") {
  CHECK(call<int64_t>("time_to_int64", Time64{-5}) == -5);
  CHECK(call<Time64>("int64_to_time", kMax).ns == kMax);
}

TEST_CASE("equality") {
  CHECK(call<bool>("equal", 5, 5));
  CHECK(call<bool>("notEqual", 5, 6));
  CHECK(call<bool>("equal", "a", "a"));
  CHECK(call<bool>("notEqual", "a", "A"));
  CHECK(call<bool>("equal", true, true));
  CHECK(call<bool>("notEqual", true, false));
  CHECK(call<bool>("equal", Time64{1}, Time64{1}));
  CHECK(call<bool>("notEqual", Time64{1}, Time64{2}));
  CHECK(call<bool>("equal", Uint128{1, 2}, Uint128{1, 2}));
  CHECK(call<bool>("notEqual", Uint128{1, 2}, Uint128{2, 2}));
  CHECK(call<bool>("equal", true, 1));
  CHECK_FALSE(call<bool>("equal", true, 2));
  CHECK(call<bool>("notEqual", 2, true));
  CHECK(call<bool>("equal", 3, 3.0));
  CHECK(call<bool>("notEqual", 3.5, 3));
}

TEST_CASE("floats are equal within epsilon, and NaN is neither equal nor not") {
  CHECK(call<bool>("equal", 0.1 + 0.2, 0.3));
  CHECK_FALSE(call<bool>("notEqual", 0.1 + 0.2, 0.3));
  CHECK(call<bool>("equal", 1e-20, -1e-20));
  CHECK_FALSE(call<bool>("equal", 1e20, 1e20 + 1e5));
  CHECK_FALSE(call<bool>("equal", 1.0, 1.0 + kEpsilon));
  CHECK_FALSE(call<bool>("notEqual", 1.0, 1.0 + kEpsilon));
  CHECK_FALSE(call<bool>("equal", kNan, kNan));
  CHECK_FALSE(call<bool>("notEqual", kNan, kNan));
  CHECK_FALSE(call<bool>("equal", kInfinity, kInfinity));
  CHECK(call<bool>("approxEqual", 1.0, 1.0));
}

TEST_CASE("order") {
  CHECK(call<bool>("greaterThan", 2, 1));
  CHECK_FALSE(call<bool>("greaterThan", 1, 1));
  CHECK(call<bool>("greaterThanEqual", 1, 1));
  CHECK(call<bool>("lessThan", Time64{1}, Time64{2}));
  CHECK(call<bool>("lessThanEqual", 1.0, 1.0));
  CHECK(call<bool>("greaterThan", "b", "abc"));
  CHECK(call<bool>("lessThan", "a", "\xff"));
  CHECK_FALSE(call<bool>("lessThanEqual", kNan, kNan));
}

TEST_CASE("logic") {
  CHECK(call<bool>("logicalAnd", true, true));
  CHECK_FALSE(call<bool>("logicalAnd", true, false));
  CHECK(call<bool>("logicalAnd", 1, 2));
  CHECK(call<bool>("logicalOr", false, true));
  CHECK_FALSE(call<bool>("logicalOr", 0, 0));
  CHECK(call<bool>("logicalNot", false));
  CHECK_FALSE(call<bool>("logicalNot", -1));
}

TEST_CASE("select takes either side") {
  CHECK(call<std::string>("select", true, "slow", "fast") == "slow");
  CHECK(call<std::string>("select", false, "slow", "fast") == "fast");
  CHECK(call<int64_t>("select", true, 1, 2) == 1);
  CHECK(call<double>("select", false, 1.5, 2.5) == 2.5);
  CHECK(call<Time64>("select", true, Time64{1}, Time64{2}).ns == 1);
  CHECK(call<bool>("select", false, true, false) == false);
}

TEST_CASE("kernels take whole columns, empty ones included") {
  FunctionContext context;
  const Column sums =
      call_columns("add", {Int64Column{1, 2, 3}, Float64Column{0.5, 0.5, 0.5}}, 3, context);
  CHECK(std::get<Float64Column>(sums) == Float64Column{1.5, 2.5, 3.5});
  CHECK(column_size(call_columns("add", {Int64Column{}, Int64Column{}}, 0, context)) == 0);
}

}  // namespace
}  // namespace pxq::local
