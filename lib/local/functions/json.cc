#include "local/functions/families.h"
#include "local/functions/json_member.h"
#include "local/functions/json_text.h"
#include "local/functions/kernel.h"

namespace pxq::local {
namespace {

using Text = std::string_view;

constexpr auto kPluck = [](Text json, Text key) {
  auto member = json_member(json, key);
  return member ? to_text(std::move(*member)) : std::string();
};

constexpr auto kPluckInteger = [](Text json, Text key) {
  const auto member = json_member(json, key);
  const auto* value = member ? std::get_if<int64_t>(&*member) : nullptr;
  return value != nullptr ? *value : int64_t{0};
};

// 0.0 also for a number that is written as an integer: Pixie asks for a JSON double.
constexpr auto kPluckFloat = [](Text json, Text key) {
  const auto member = json_member(json, key);
  const auto* value = member ? std::get_if<double>(&*member) : nullptr;
  return value != nullptr ? *value : 0.0;
};

constexpr auto kPluckArray = [](Text json, int64_t index) {
  if (index < 0) return std::string();
  auto element = json_element(json, static_cast<size_t>(index));
  return element ? to_text(std::move(*element)) : std::string();
};

// A JSON array of the pieces; an empty delimiter cuts between all bytes.
std::string split(Text text, Text delimiter) {
  std::string json = "[";
  while (true) {
    size_t end = text.find(delimiter);
    if (delimiter.empty()) end = text.size() > 1 ? 1 : Text::npos;
    append_json_string(json, text.substr(0, end));
    if (end == Text::npos) break;
    text.remove_prefix(end + delimiter.size());
    json += ',';
  }
  return json += ']';
}

// Equals, or is one of a JSON array of strings: a pod of several services has its names so.
bool has_value(Text value_or_array, Text value) {
  const size_t first = value_or_array.find_first_not_of(" \t\r\n");
  if (first == Text::npos || value_or_array[first] != '[') return value_or_array == value;
  return json_array_contains(value_or_array, value).value_or(value_or_array == value);
}

std::string script_reference(std::span<const Column* const> arguments, size_t row) {
  const auto cell = [&](size_t index) { return std::get<StringColumn>(*arguments[index])[row]; };
  std::string json = R"({"label":)";
  append_json_string(json, cell(0));
  json.append(R"(,"script":)");
  append_json_string(json, cell(1));
  json.append(R"(,"args":{)");
  for (size_t i = 2; i + 1 < arguments.size(); i += 2) {
    if (i > 2) json += ',';
    append_json_string(json, cell(i));
    json += ':';
    append_json_string(json, cell(i + 1));
  }
  return json.append("}}");
}

Column script_references(std::span<const Column* const> arguments, size_t rows,
                         FunctionContext& context) {
  StringColumn references(rows);
  for (size_t row = 0; row < rows; ++row) {
    references[row] = context.strings->keep(script_reference(arguments, row));
  }
  return references;
}

// (label, script), then up to eight pairs of a name and a value.
void add_script_references(std::vector<ScalarFunction>& functions) {
  constexpr size_t kMostPairs = 8;
  for (size_t pairs = 0; pairs <= kMostPairs; ++pairs) {
    functions.push_back({.name = "_script_reference",
                         .arguments = std::vector<DataType>(2 + 2 * pairs, DataType::kString),
                         .result = DataType::kString,
                         .semantic = always<SemanticType::kScriptReference>,
                         .kernel = script_references});
  }
}

}  // namespace

std::vector<ScalarFunction> json_functions() {
  std::vector<ScalarFunction> functions = {
      scalar<kPluck, Text, Text>("pluck"),
      scalar<kPluckInteger, Text, Text>("pluck_int64"),
      scalar<kPluckFloat, Text, Text>("pluck_float64"),
      scalar<kPluckArray, Text, int64_t>("pluck_array"),
      scalar<split, Text, Text>("split"),
      scalar<has_value, Text, Text>("has_value"),
      scalar<has_value, Text, Text>("has_service_name"),
      scalar<has_value, Text, Text>("has_service_id"),
  };
  add_script_references(functions);
  return functions;
}

}  // namespace pxq::local
