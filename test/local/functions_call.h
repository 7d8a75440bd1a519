#pragma once

#include <catch2/catch.hpp>
#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "local/functions/describe.h"
#include "local/functions/function.h"

namespace pxq::local {

/// A column of one row for a C++ value: what a literal of the script becomes.
inline Column one_cell(bool value) { return BooleanColumn{static_cast<uint8_t>(value)}; }
inline Column one_cell(int64_t value) { return Int64Column{value}; }
inline Column one_cell(int value) { return Int64Column{value}; }
inline Column one_cell(double value) { return Float64Column{value}; }
inline Column one_cell(Uint128 value) { return Uint128Column{value}; }
inline Column one_cell(Time64 value) { return Time64Column{value}; }
inline Column one_cell(std::string_view value) { return StringColumn{value}; }
inline Column one_cell(const char* value) { return StringColumn{value}; }

/// Calls the overload for the given columns over `rows` rows; fails the test when there is none.
inline Column call_columns(std::string_view name, const std::vector<Column>& arguments, size_t rows,
                           FunctionContext& context) {
  std::vector<DataType> types;
  std::vector<const Column*> pointers;
  for (const Column& column : arguments) {
    types.push_back(column_type(column));
    pointers.push_back(&column);
  }
  const ScalarFunction* function = find_scalar(name, types);
  INFO(name << "(" << type_list(types) << ")");
  REQUIRE(function != nullptr);
  Column result = function->kernel(pointers, rows, context);
  REQUIRE(column_type(result) == function->result);
  REQUIRE(column_size(result) == rows);
  return result;
}

/// One row's result as the C++ type that is expected of it. Strings come as copies.
template <typename Result, typename... Arguments>
Result call(std::string_view name, Arguments... arguments) {
  StringArena strings;
  FunctionContext context{.strings = &strings, .now_ns = 0, .asid = 7};
  const Column result = call_columns(name, {one_cell(arguments)...}, 1, context);
  if constexpr (std::is_same_v<Result, std::string>) {
    return std::string(std::get<StringColumn>(result).at(0));
  } else if constexpr (std::is_same_v<Result, bool>) {
    return std::get<BooleanColumn>(result).at(0) != 0;
  } else {
    return std::get<std::vector<Result>>(result).at(0);
  }
}

inline SemanticType scalar_semantic(std::string_view name, std::vector<DataType> types,
                                    std::vector<SemanticType> semantics) {
  const ScalarFunction* function = find_scalar(name, types);
  REQUIRE(function != nullptr);
  return function->semantic(semantics);
}

inline SemanticType aggregate_semantic(std::string_view name, DataType type,
                                       SemanticType semantic) {
  const AggregateFunction* function = find_aggregate(name, type);
  REQUIRE(function != nullptr);
  return function->semantic({&semantic, 1});
}

}  // namespace pxq::local
