#include "local/plan/execute_functions.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "base/letter_case.h"
#include "base/number_text.h"
#include "base/trim.h"
#include "local/plan/arguments.h"
#include "local/pxl/parser.h"

namespace pxq::local {
namespace {

constexpr pxl::Place kNowhere = {};

/// The whole text as a number, blanks around it and a plus allowed.
template <typename Number>
std::optional<Number> parse_number(std::string_view text) {
  text = trimmed(text, " \t\n\v\f\r");
  if (text.size() > 1 && text.front() == '+' && text[1] != '-') text.remove_prefix(1);
  return number_from<Number>(text);
}

std::optional<bool> parse_bool(std::string_view text) {
  const std::string word = lower_case(text);
  for (const char* yes : {"true", "t", "yes", "y", "1"}) {
    if (word == yes) return true;
  }
  for (const char* no : {"false", "f", "no", "n", "0"}) {
    if (word == no) return false;
  }
  return std::nullopt;
}

/// A number as `Literal`, or the refusal that names the wanted type.
template <typename Literal, typename Number>
ObjectPtr literal_or_fail(Session& session, const std::string& text, std::string_view type,
                          const std::optional<Number>& number) {
  if (number) return make_literal(kNowhere, Literal{*number});
  return session.fail(kNowhere,
                      fmt::format("Failed to parse arg with value '{}' as {}.", text, type));
}

ObjectPtr parse_list(Session& session, Walker& walker, const std::string& text) {
  const pxl::ParseResult parsed = pxl::parse(text);
  if (parsed.module == nullptr) {
    return session.fail(kNowhere,
                        fmt::format("Failed to parse arg with value '{}' as list.", text));
  }
  return walker.evaluate_single(*parsed.module);
}

ObjectPtr parse_value(Session& session, Walker& walker, const std::string& text,
                      const Object& annotation) {
  const auto* type = annotation.as<Object::Type>();
  if (type != nullptr && type->list) return parse_list(session, walker, text);
  switch (type == nullptr ? DataType::kUnknown : type->cast.type) {
    case DataType::kBoolean: return literal_or_fail<bool>(session, text, "bool", parse_bool(text));
    case DataType::kInt64:
      return literal_or_fail<int64_t>(session, text, "int64", parse_number<int64_t>(text));
    case DataType::kFloat64:
      return literal_or_fail<double>(session, text, "float64", parse_number<double>(text));
    case DataType::kTime64Ns:
      return literal_or_fail<Time64>(session, text, "time", parse_number<int64_t>(text));
    case DataType::kString: return make_literal(kNowhere, text);
    case DataType::kUint128:
      return session.fail(kNowhere, "Passing arg of type UINT128 is currently unsupported.");
    case DataType::kUnknown: break;
  }
  return session.fail(kNowhere,
                      "All arguments to executed functions must have an underlying concrete type.");
}

const Function::Parameter* find_parameter(const Function& function, std::string_view name) {
  for (const Function::Parameter& parameter : function.parameters) {
    if (parameter.name == name) return &parameter;
  }
  return nullptr;
}

bool parse_arguments(Session& session, Walker& walker, const Function& function,
                     const FunctionCall& request, CallArguments& arguments) {
  for (const auto& [name, text] : request.arguments) {
    const Function::Parameter* parameter = find_parameter(function, name);
    if (parameter == nullptr) {
      session.fail(kNowhere, fmt::format("Function '{}' does not have an argument called '{}'",
                                         function.name, name));
      return false;
    }
    if (parameter->annotation == nullptr) {
      session.fail(kNowhere, fmt::format("Arg type annotation required. Function: '{}', arg: '{}'",
                                         function.name, name));
      return false;
    }
    ObjectPtr value = parse_value(session, walker, text, *parameter->annotation);
    if (value == nullptr) return false;
    arguments.keywords.emplace_back(name, std::move(value));
  }
  return true;
}

bool add_tables(Session& session, const FunctionCall& request, const Object& result) {
  if (const auto* frame = result.as<Object::Frame>()) {
    session.add_sink(request.output_prefix, frame->op);
    return true;
  }
  const auto* collection = result.as<Object::Collection>();
  if (collection == nullptr) {
    session.fail(kNowhere, fmt::format("Function '{}' returns '{}' but should return a DataFrame.",
                                       request.function, object_name(result)));
    return false;
  }
  for (size_t i = 0; i < collection->items.size(); ++i) {
    const auto* frame = collection->items[i]->as<Object::Frame>();
    if (frame == nullptr) {
      session.fail(kNowhere, fmt::format("Function '{}' returns '{}' at index {}. All returned "
                                         "objects must be dataframes.",
                                         request.function, object_name(*collection->items[i]), i));
      return false;
    }
    session.add_sink(fmt::format("{}[{}]", request.output_prefix, i), frame->op);
  }
  return true;
}

bool execute(Session& session, Walker& walker, const FunctionCall& request) {
  const auto refuse = [&session](std::string message) {
    session.fail(kNowhere, std::move(message));
    return false;
  };
  if (request.function.empty()) {
    return refuse("Must specify func_name for each FuncToExecute.");
  }
  if (request.output_prefix.empty()) {
    return refuse(
        fmt::format("Output_table_prefix must be specified for function {}.", request.function));
  }
  const ObjectPtr object = walker.find(request.function);
  if (object == nullptr) {
    return refuse(fmt::format("Function to execute, '{}', not found.", request.function));
  }
  const auto* function = object->as<FunctionPtr>();
  if (function == nullptr) {
    return refuse(
        fmt::format("'{}' is a '{}' not a function.", request.function, object_name(*object)));
  }
  CallArguments arguments;
  if (!parse_arguments(session, walker, **function, request, arguments)) return false;
  const ObjectPtr result = call(session, **function, kNowhere, std::move(arguments));
  return result != nullptr && add_tables(session, request, *result);
}

}  // namespace

bool execute_functions(Session& session, Walker& walker, std::span<const FunctionCall> functions) {
  return std::all_of(functions.begin(), functions.end(), [&](const FunctionCall& request) {
    return execute(session, walker, request);
  });
}

}  // namespace pxq::local
