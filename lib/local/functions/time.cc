#include "local/functions/families.h"
#include "local/functions/kernel.h"

namespace pxq::local {
namespace {

constexpr auto kTimeToInteger = [](Time64 time) { return time.ns; };
constexpr auto kIntegerToTime = [](int64_t ns) { return Time64{ns}; };

}  // namespace

std::vector<ScalarFunction> time_functions() {
  return {
      scalar<kTimeToInteger, Time64>("time_to_int64"),
      scalar<kIntegerToTime, int64_t>("int64_to_time"),
  };
}

}  // namespace pxq::local
