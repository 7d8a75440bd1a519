#pragma once

#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "local/functions/function.h"
#include "local/functions/semantics.h"

namespace pxq::local {

/// The column and the data type of a C++ type that operations take or return.
template <typename Cell>
struct CellTraits;
template <>
struct CellTraits<bool> {
  using ColumnType = BooleanColumn;
  static constexpr DataType kType = DataType::kBoolean;
};
template <>
struct CellTraits<int64_t> {
  using ColumnType = Int64Column;
  static constexpr DataType kType = DataType::kInt64;
};
template <>
struct CellTraits<Uint128> {
  using ColumnType = Uint128Column;
  static constexpr DataType kType = DataType::kUint128;
};
template <>
struct CellTraits<double> {
  using ColumnType = Float64Column;
  static constexpr DataType kType = DataType::kFloat64;
};
template <>
struct CellTraits<std::string_view> {
  using ColumnType = StringColumn;
  static constexpr DataType kType = DataType::kString;
};
template <>
struct CellTraits<std::string> : CellTraits<std::string_view> {};
template <>
struct CellTraits<Time64> {
  using ColumnType = Time64Column;
  static constexpr DataType kType = DataType::kTime64Ns;
};

template <typename Cell>
using ColumnOf = typename CellTraits<Cell>::ColumnType;

/// Turns what an operation returned into a cell; a new string is copied into the arena.
template <typename Value>
auto to_cell(Value&& value, FunctionContext& context) {
  using Plain = std::remove_cvref_t<Value>;
  if constexpr (std::is_same_v<Plain, std::string>) {
    return context.strings->keep(std::string_view(value));
  } else if constexpr (std::is_same_v<Plain, bool>) {
    return static_cast<uint8_t>(value);
  } else {
    return Plain(value);
  }
}

/// Calls an operation, with the context as its last argument where it wants one.
template <auto kOperation, typename... Arguments>
auto call_operation(FunctionContext& context, Arguments... arguments) {
  if constexpr (std::is_invocable_v<decltype(kOperation), Arguments..., FunctionContext&>) {
    return kOperation(arguments..., context);
  } else {
    return kOperation(arguments...);
  }
}

template <auto kOperation, typename... Arguments>
using OperationResult = decltype(call_operation<kOperation, Arguments...>(
    std::declval<FunctionContext&>(), std::declval<Arguments>()...));

/// The kernel that applies an operation row by row. The loop is compiled for the types: no cell is
/// boxed and the operation is inlined.
template <auto kOperation, typename... Arguments>
Column apply_rows(std::span<const Column* const> arguments, size_t rows, FunctionContext& context) {
  using Value = OperationResult<kOperation, Arguments...>;
  return [&]<size_t... kIndex>(std::index_sequence<kIndex...>)->Column {
    [[maybe_unused]] const std::tuple cells(
        std::get<ColumnOf<Arguments>>(*arguments[kIndex]).data()...);
    ColumnOf<Value> values(rows);
    auto* const out = values.data();
    for (size_t row = 0; row < rows; ++row) {
      out[row] = to_cell(call_operation<kOperation, Arguments...>(
                             context, Arguments(std::get<kIndex>(cells)[row])...),
                         context);
    }
    return values;
  }
  (std::index_sequence_for<Arguments...>());
}

/// A table entry whose types are those of its operation, so that the two cannot disagree.
template <auto kOperation, typename... Arguments>
ScalarFunction scalar(std::string_view name, SemanticRule semantic = no_semantic,
                      Placement placement = Placement::kAnywhere) {
  return {.name = name,
          .arguments = {CellTraits<Arguments>::kType...},
          .result = CellTraits<OperationResult<kOperation, Arguments...>>::kType,
          .semantic = semantic,
          .kernel = apply_rows<kOperation, Arguments...>,
          .placement = placement};
}

}  // namespace pxq::local
