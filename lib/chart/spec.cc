#include "chart/spec.h"

#include <utility>

#include "base/letter_case.h"
#include "base/number_text.h"

namespace pxq::chart {
namespace {

using nlohmann::json;

std::string snake_case(std::string_view camel) {
  std::string snake;
  for (const char c : camel) {
    const bool upper = c >= 'A' && c <= 'Z';
    if (upper) snake.push_back('_');
    snake.push_back(lower_case(c));
  }
  return snake;
}

std::optional<double> number_of(const json& value) {
  // protobuf's JSON writes 64-bit numbers as texts.
  if (value.is_number()) return value.get<double>();
  if (!value.is_string()) return std::nullopt;
  const std::string& text = value.get_ref<const std::string&>();
  return number_from<double>(text);
}

}  // namespace

Spec Spec::parse(std::string_view text) {
  json parsed = json::parse(text.begin(), text.end(), nullptr, /*allow_exceptions=*/false);
  return parsed.is_object() ? Spec(std::move(parsed)) : Spec();
}

// protobuf reads either spelling of a field's name, and both occur.
const json* Spec::find(std::string_view name) const {
  for (const std::string& key : {std::string(name), snake_case(name)}) {
    const auto it = json_.find(key);
    if (it != json_.end() && !it->is_null()) return &*it;
  }
  return nullptr;
}

std::string Spec::text(std::string_view name) const {
  const json* value = find(name);
  return value != nullptr && value->is_string() ? value->get<std::string>() : std::string();
}

std::optional<bool> Spec::flag(std::string_view name) const {
  const json* value = find(name);
  if (value == nullptr || !value->is_boolean()) return std::nullopt;
  return value->get<bool>();
}

std::optional<double> Spec::number(std::string_view name) const {
  const json* value = find(name);
  return value == nullptr ? std::nullopt : number_of(*value);
}

Spec Spec::part(std::string_view name) const {
  const json* value = find(name);
  return value != nullptr && value->is_object() ? Spec(*value) : Spec();
}

std::vector<Spec> Spec::parts(std::string_view name) const {
  std::vector<Spec> all;
  const json* value = find(name);
  if (value == nullptr || !value->is_array()) return all;
  for (const json& each : *value) all.push_back(each.is_object() ? Spec(each) : Spec());
  return all;
}

std::vector<std::string> Spec::texts(std::string_view name) const {
  std::vector<std::string> all;
  const json* value = find(name);
  if (value == nullptr || !value->is_array()) return all;
  for (const json& each : *value) {
    if (each.is_string()) all.push_back(each.get<std::string>());
  }
  return all;
}

std::string Spec::column(std::string_view name) const { return bare_column(text(name)); }

std::string bare_column(std::string name) {
  if (!name.starts_with("outputs[")) return name;
  const size_t dot = name.find("].");
  return dot == std::string::npos ? name : name.substr(dot + 2);
}

}  // namespace pxq::chart
