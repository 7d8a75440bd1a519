#include "local/functions/families.h"
#include "local/functions/kernel.h"

namespace pxq::local {
namespace {

// An INT64 is true when it is not 0.
constexpr auto kAnd = [](auto a, auto b) { return a != 0 && b != 0; };
constexpr auto kOr = [](auto a, auto b) { return a != 0 || b != 0; };
constexpr auto kNot = [](auto a) { return a == 0; };

}  // namespace

std::vector<ScalarFunction> boolean_functions() {
  return {
      scalar<kAnd, bool, bool>("logicalAnd"), scalar<kAnd, int64_t, int64_t>("logicalAnd"),
      scalar<kOr, bool, bool>("logicalOr"),   scalar<kOr, int64_t, int64_t>("logicalOr"),
      scalar<kNot, bool>("logicalNot"),       scalar<kNot, int64_t>("logicalNot"),
  };
}

}  // namespace pxq::local
