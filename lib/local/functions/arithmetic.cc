#include "local/functions/families.h"
#include "local/functions/integer.h"
#include "local/functions/kernel.h"

namespace pxq::local {
namespace {

double to_float(int64_t value) { return static_cast<double>(value); }
double to_float(double value) { return value; }

constexpr auto kAdd = [](auto a, auto b) { return wrapping_add(to_integer(a), to_integer(b)); };
constexpr auto kAddFloat = [](auto a, auto b) { return to_float(a) + to_float(b); };
constexpr auto kAddTime = [](auto a, auto b) {
  return Time64{wrapping_add(to_integer(a), to_integer(b))};
};
constexpr auto kConcatenate = [](std::string_view a, std::string_view b) {
  std::string text;
  text.reserve(a.size() + b.size());
  return text.append(a).append(b);
};

constexpr auto kSubtract = [](auto a, auto b) {
  return wrapping_subtract(to_integer(a), to_integer(b));
};
constexpr auto kSubtractFloat = [](auto a, auto b) { return to_float(a) - to_float(b); };
constexpr auto kSubtractTime = [](auto a, auto b) {
  return Time64{wrapping_subtract(to_integer(a), to_integer(b))};
};

constexpr auto kMultiply = [](int64_t a, int64_t b) { return wrapping_multiply(a, b); };
constexpr auto kMultiplyFloat = [](auto a, auto b) { return to_float(a) * to_float(b); };

// IEEE: a zero divisor gives an infinity or NaN.
constexpr auto kDivide = [](auto a, auto b) { return to_float(a) / to_float(b); };

constexpr auto kModulo = [](auto a, auto b) {
  return remainder_or_zero(to_integer(a), to_integer(b));
};

constexpr auto kNegate = [](int64_t a) { return wrapping_subtract(0, a); };
constexpr auto kNegateFloat = [](double a) { return -a; };
constexpr auto kInvert = [](int64_t a) { return ~a; };

// Pixie takes whatever is divided by a duration for a throughput, another duration included.
SemanticType divide_semantic(std::span<const SemanticType> arguments) {
  if (arguments.size() != 2 || arguments[1] != SemanticType::kDurationNs) {
    return SemanticType::kNone;
  }
  return arguments[0] == SemanticType::kBytes ? SemanticType::kThroughputBytesPerNs
                                              : SemanticType::kThroughputPerNs;
}

}  // namespace

std::vector<ScalarFunction> arithmetic_functions() {
  return {
      scalar<kAdd, int64_t, int64_t>("add", kInheritAmount),
      scalar<kAddFloat, double, double>("add", kInheritAmount),
      scalar<kAddFloat, double, int64_t>("add", kInheritAmount),
      scalar<kAddFloat, int64_t, double>("add", kInheritAmount),
      scalar<kAddTime, Time64, int64_t>("add", kInheritAmount),
      scalar<kAddTime, int64_t, Time64>("add", kInheritAmount),
      scalar<kConcatenate, std::string_view, std::string_view>("add", kInheritAmount),

      scalar<kSubtract, int64_t, int64_t>("subtract", kInheritAmount),
      scalar<kSubtractFloat, double, double>("subtract", kInheritAmount),
      scalar<kSubtractFloat, double, int64_t>("subtract", kInheritAmount),
      scalar<kSubtractFloat, int64_t, double>("subtract", kInheritAmount),
      scalar<kSubtractTime, Time64, int64_t>("subtract", kInheritAmount),
      scalar<kSubtract, Time64, Time64>("subtract", kInheritAmount),
      scalar<kSubtract, int64_t, Time64>("subtract", kInheritAmount),

      scalar<kMultiply, int64_t, int64_t>("multiply"),
      scalar<kMultiplyFloat, double, double>("multiply"),
      scalar<kMultiplyFloat, double, int64_t>("multiply"),
      scalar<kMultiplyFloat, int64_t, double>("multiply"),

      scalar<kDivide, int64_t, int64_t>("divide", divide_semantic),
      scalar<kDivide, double, int64_t>("divide", divide_semantic),
      scalar<kDivide, int64_t, double>("divide", divide_semantic),
      scalar<kDivide, double, double>("divide", divide_semantic),

      scalar<kModulo, Time64, int64_t>("modulo"),
      scalar<kModulo, Time64, Time64>("modulo"),
      scalar<kModulo, int64_t, Time64>("modulo"),
      scalar<kModulo, int64_t, int64_t>("modulo"),

      scalar<kNegate, int64_t>("negate"),
      scalar<kNegateFloat, double>("negate"),
      scalar<kInvert, int64_t>("invert"),
  };
}

}  // namespace pxq::local
