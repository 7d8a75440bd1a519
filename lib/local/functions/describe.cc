#include "local/functions/describe.h"

#include <vector>

namespace pxq::local {
namespace {

std::string signature(std::string_view name, std::span<const DataType> arguments, DataType result) {
  std::string text(name);
  text.append("(").append(type_list(arguments)).append(") -> ");
  return text.append(data_type_name(result));
}

}  // namespace

std::string type_list(std::span<const DataType> types) {
  std::string text;
  for (const DataType type : types) {
    if (!text.empty()) text += ',';
    text.append(data_type_name(type));
  }
  return text;
}

std::string describe(const ScalarFunction& function) {
  return signature(function.name, function.arguments, function.result);
}

std::string describe(const AggregateFunction& function) {
  std::vector<DataType> arguments = {function.argument};
  arguments.insert(arguments.end(), function.more_arguments.begin(), function.more_arguments.end());
  return signature(function.name, arguments, function.result);
}

}  // namespace pxq::local
