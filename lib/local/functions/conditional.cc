#include "local/functions/families.h"
#include "local/functions/kernel.h"

namespace pxq::local {
namespace {

constexpr auto kSelect = [](bool condition, auto yes, auto no) { return condition ? yes : no; };

// Any type that both sides share.
SemanticType select_semantic(std::span<const SemanticType> arguments) {
  if (arguments.size() != 3 || arguments[1] != arguments[2] ||
      arguments[1] == SemanticType::kUnspecified) {
    return SemanticType::kNone;
  }
  return arguments[1];
}

}  // namespace

std::vector<ScalarFunction> conditional_functions() {
  return {
      scalar<kSelect, bool, bool, bool>("select", select_semantic),
      scalar<kSelect, bool, int64_t, int64_t>("select", select_semantic),
      scalar<kSelect, bool, double, double>("select", select_semantic),
      scalar<kSelect, bool, Time64, Time64>("select", select_semantic),
      scalar<kSelect, bool, std::string_view, std::string_view>("select", select_semantic),
  };
}

}  // namespace pxq::local
