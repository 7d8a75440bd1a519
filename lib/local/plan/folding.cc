#include "local/plan/folding.h"

#include <fmt/format.h>

#include "local/functions/function.h"

namespace pxq::local {
namespace {

// `s + s` again and again doubles a text each time.
constexpr size_t kMaxLiteralBytes = 1 << 20;

struct ToColumn {
  Column operator()(bool value) const { return BooleanColumn{static_cast<uint8_t>(value)}; }
  Column operator()(int64_t value) const { return Int64Column{value}; }
  Column operator()(const Uint128& value) const { return Uint128Column{value}; }
  Column operator()(double value) const { return Float64Column{value}; }
  Column operator()(const std::string& value) const { return StringColumn{value}; }
  Column operator()(const Time64& value) const { return Time64Column{value}; }
};

struct FirstCell {
  Value operator()(const BooleanColumn& cells) const { return cells.front() != 0; }
  Value operator()(const Int64Column& cells) const { return cells.front(); }
  Value operator()(const Uint128Column& cells) const { return cells.front(); }
  Value operator()(const Float64Column& cells) const { return cells.front(); }
  Value operator()(const StringColumn& cells) const { return std::string(cells.front()); }
  Value operator()(const Time64Column& cells) const { return cells.front(); }
};

Value run_kernel(const ScalarFunction& function, const std::vector<const Value*>& values,
                 int64_t now_ns) {
  std::vector<Column> columns;
  std::vector<const Column*> arguments;
  columns.reserve(values.size());
  for (const Value* value : values) {
    columns.push_back(std::visit(ToColumn(), *value));
    arguments.push_back(&columns.back());
  }
  StringArena strings;
  FunctionContext context;
  context.strings = &strings;
  context.now_ns = now_ns;
  return std::visit(FirstCell(), function.kernel(arguments, 1, context));
}

/// The values of the arguments; empty when one of them is no literal.
std::vector<const Value*> literals(const std::vector<DraftExpressionPtr>& arguments) {
  std::vector<const Value*> values;
  for (const DraftExpressionPtr& argument : arguments) {
    const auto* literal = argument->as<DraftExpression::Literal>();
    if (literal == nullptr) return {};
    values.push_back(&literal->value);
  }
  return values;
}

/// What an operator makes of values that are fixed, but known to a cluster only; null for others.
DraftExpressionPtr fold_opaque(pxl::Place place, std::string_view function,
                               const std::vector<DraftExpressionPtr>& arguments) {
  bool any = false;
  std::vector<DataType> types;
  for (const DraftExpressionPtr& argument : arguments) {
    const auto* opaque = argument->as<DraftExpression::Opaque>();
    const auto* literal = argument->as<DraftExpression::Literal>();
    if (opaque == nullptr && literal == nullptr) return nullptr;
    any = any || opaque != nullptr;
    types.push_back(opaque != nullptr ? opaque->type : value_type(literal->value));
  }
  const ScalarFunction* overload = any ? find_scalar(function, types) : nullptr;
  if (overload == nullptr) return nullptr;
  DraftExpression folded;
  folded.place = place;
  folded.node = DraftExpression::Opaque{overload->result};
  return std::make_shared<const DraftExpression>(std::move(folded));
}

size_t text_bytes(const std::vector<const Value*>& values) {
  size_t bytes = 0;
  for (const Value* value : values) {
    if (const auto* text = std::get_if<std::string>(value)) bytes += text->size();
  }
  return bytes;
}

}  // namespace

DataType value_type(const Value& value) {
  // In the order of Value.
  static constexpr DataType kTypes[] = {DataType::kBoolean, DataType::kInt64,  DataType::kUint128,
                                        DataType::kFloat64, DataType::kString, DataType::kTime64Ns};
  static_assert(std::size(kTypes) == std::variant_size_v<Value>);
  return kTypes[value.index()];
}

std::string no_overload(std::string_view function, const std::vector<DataType>& types) {
  std::string list;
  for (const DataType type : types) {
    if (!list.empty()) list += ',';
    list += data_type_name(type);
  }
  return fmt::format("Could not find UDF '{}' with arguments [{}].", function, list);
}

DraftExpressionPtr apply_operator(Session& session, pxl::Place place, std::string_view function,
                                  std::vector<DraftExpressionPtr> arguments) {
  if (DraftExpressionPtr unknown = fold_opaque(place, function, arguments)) return unknown;
  const std::vector<const Value*> values = literals(arguments);
  if (values.empty()) return session.add_call(place, std::string(function), std::move(arguments));
  std::vector<DataType> types;
  for (const Value* value : values) types.push_back(value_type(*value));
  const ScalarFunction* overload = find_scalar(function, types);
  if (overload == nullptr) {
    return session.errors().fail_nowhere(no_overload(function, types), place);
  }
  if (text_bytes(values) > kMaxLiteralBytes) {
    return session.errors().exceed(place, "The string is longer");
  }
  DraftExpression folded;
  folded.place = place;
  folded.node = DraftExpression::Literal{run_kernel(*overload, values, session.now_ns())};
  return std::make_shared<const DraftExpression>(std::move(folded));
}

}  // namespace pxq::local
