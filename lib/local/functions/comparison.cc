#include <cmath>
#include <limits>

#include "local/functions/families.h"
#include "local/functions/kernel.h"

namespace pxq::local {
namespace {

constexpr auto kEqual = [](auto a, auto b) { return a == b; };
constexpr auto kNotEqual = [](auto a, auto b) { return a != b; };

// Across types: as C++ promotes, bool to int64 and int64 to double.
constexpr auto kEqualFlag = [](auto a, auto b) {
  return static_cast<int64_t>(a) == static_cast<int64_t>(b);
};
constexpr auto kNotEqualFlag = [](auto a, auto b) {
  return static_cast<int64_t>(a) != static_cast<int64_t>(b);
};
constexpr auto kEqualMixed = [](auto a, auto b) {
  return static_cast<double>(a) == static_cast<double>(b);
};
constexpr auto kNotEqualMixed = [](auto a, auto b) {
  return static_cast<double>(a) != static_cast<double>(b);
};

// Pixie compares floats by an absolute distance. Neither of the two holds for NaN, for equal
// infinities, nor when the distance is exactly epsilon.
constexpr auto kClose = [](double a, double b) {
  return std::abs(a - b) < std::numeric_limits<double>::epsilon();
};
constexpr auto kApart = [](double a, double b) {
  return std::abs(a - b) > std::numeric_limits<double>::epsilon();
};

constexpr auto kGreater = [](auto a, auto b) { return a > b; };
constexpr auto kGreaterEqual = [](auto a, auto b) { return a >= b; };
constexpr auto kLess = [](auto a, auto b) { return a < b; };
constexpr auto kLessEqual = [](auto a, auto b) { return a <= b; };

template <auto kSame, auto kFlag, auto kMixed, auto kFloat>
void add_equality(std::vector<ScalarFunction>& functions, std::string_view name) {
  functions.push_back(scalar<kSame, int64_t, int64_t>(name));
  functions.push_back(scalar<kSame, std::string_view, std::string_view>(name));
  functions.push_back(scalar<kSame, bool, bool>(name));
  functions.push_back(scalar<kSame, Time64, Time64>(name));
  functions.push_back(scalar<kSame, Uint128, Uint128>(name));
  functions.push_back(scalar<kFlag, bool, int64_t>(name));
  functions.push_back(scalar<kFlag, int64_t, bool>(name));
  functions.push_back(scalar<kMixed, int64_t, double>(name));
  functions.push_back(scalar<kMixed, double, int64_t>(name));
  functions.push_back(scalar<kFloat, double, double>(name));
}

template <auto kOperation>
void add_order(std::vector<ScalarFunction>& functions, std::string_view name) {
  functions.push_back(scalar<kOperation, int64_t, int64_t>(name));
  functions.push_back(scalar<kOperation, Time64, Time64>(name));
  functions.push_back(scalar<kOperation, double, double>(name));
  functions.push_back(scalar<kOperation, std::string_view, std::string_view>(name));
}

}  // namespace

std::vector<ScalarFunction> comparison_functions() {
  std::vector<ScalarFunction> functions;
  add_equality<kEqual, kEqualFlag, kEqualMixed, kClose>(functions, "equal");
  add_equality<kNotEqual, kNotEqualFlag, kNotEqualMixed, kApart>(functions, "notEqual");
  functions.push_back(scalar<kClose, double, double>("approxEqual"));
  add_order<kGreater>(functions, "greaterThan");
  add_order<kGreaterEqual>(functions, "greaterThanEqual");
  add_order<kLess>(functions, "lessThan");
  add_order<kLessEqual>(functions, "lessThanEqual");
  return functions;
}

}  // namespace pxq::local
