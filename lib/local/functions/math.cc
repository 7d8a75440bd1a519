#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "local/functions/families.h"
#include "local/functions/integer.h"
#include "local/functions/kernel.h"

namespace pxq::local {
namespace {

constexpr auto kSqrt = [](auto a) { return std::sqrt(static_cast<double>(a)); };
constexpr auto kLn = [](auto a) { return std::log(static_cast<double>(a)); };
constexpr auto kLog2 = [](auto a) { return std::log2(static_cast<double>(a)); };
constexpr auto kLog10 = [](auto a) { return std::log10(static_cast<double>(a)); };
constexpr auto kExp = [](auto a) { return std::exp(static_cast<double>(a)); };
constexpr auto kLog = [](auto base, auto value) {
  return std::log(static_cast<double>(value)) / std::log(static_cast<double>(base));
};
constexpr auto kPow = [](auto a, auto b) {
  return std::pow(static_cast<double>(a), static_cast<double>(b));
};

constexpr auto kAbs = [](int64_t a) { return a < 0 ? wrapping_subtract(0, a) : a; };
constexpr auto kAbsFloat = [](double a) { return std::abs(a); };

constexpr auto kFloor = [](double a) { return saturating_integer(std::floor(a)); };
constexpr auto kCeil = [](double a) { return saturating_integer(std::ceil(a)); };

// A string, as printf's %.*f writes it: a negative number of places counts as 6. No double has
// more than 1074 places.
std::string round_to_text(double value, int64_t places) {
  constexpr int64_t kMostPlaces = 1074;
  const int precision = places < 0 ? 6 : static_cast<int>(std::min(places, kMostPlaces));
  std::array<char, 1500> text;
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value,
                                 std::chars_format::fixed, precision);
  return {text.data(), end.ptr};
}

constexpr auto kRound = [](double value, int64_t places) { return round_to_text(value, places); };

// Toward zero, as C++'s remainder goes; a bin of 0 leaves the value as it is.
int64_t bin(int64_t value, int64_t size) {
  return wrapping_subtract(value, remainder_or_zero(value, size));
}

constexpr auto kBin = [](auto value, auto size) {
  return bin(to_integer(value), to_integer(size));
};
constexpr auto kBinTime = [](auto value, auto size) {
  return Time64{bin(to_integer(value), to_integer(size))};
};
constexpr auto kBinFloat = [](double value, int64_t size) {
  return bin(saturating_integer(value), size);
};

template <auto kOperation>
void add_unary(std::vector<ScalarFunction>& functions, std::string_view name) {
  functions.push_back(scalar<kOperation, double>(name));
  functions.push_back(scalar<kOperation, int64_t>(name));
}

template <auto kOperation>
void add_binary(std::vector<ScalarFunction>& functions, std::string_view name) {
  functions.push_back(scalar<kOperation, double, double>(name));
  functions.push_back(scalar<kOperation, double, int64_t>(name));
  functions.push_back(scalar<kOperation, int64_t, double>(name));
  functions.push_back(scalar<kOperation, int64_t, int64_t>(name));
}

}  // namespace

std::vector<ScalarFunction> math_functions() {
  std::vector<ScalarFunction> functions = {
      scalar<kBin, int64_t, int64_t>("bin"),
      scalar<kBinTime, Time64, Time64>("bin"),
      scalar<kBin, int64_t, Time64>("bin"),
      scalar<kBinTime, Time64, int64_t>("bin"),
      scalar<kBinFloat, double, int64_t>("bin"),
      scalar<kFloor, double>("floor"),
      scalar<kCeil, double>("ceil"),
      scalar<kRound, double, int64_t>("round"),
      scalar<kAbsFloat, double>("abs", kInheritMeasure),
      scalar<kAbs, int64_t>("abs", kInheritMeasure),
  };
  add_unary<kSqrt>(functions, "sqrt");
  add_unary<kLn>(functions, "ln");
  add_unary<kLog2>(functions, "log2");
  add_unary<kLog10>(functions, "log10");
  add_unary<kExp>(functions, "exp");
  add_binary<kLog>(functions, "log");
  add_binary<kPow>(functions, "pow");
  return functions;
}

}  // namespace pxq::local
