#include "local/plan/arguments.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace pxq::local {
namespace {

size_t parameter_index(const Function& function, std::string_view name) {
  const auto found =
      std::find_if(function.parameters.begin(), function.parameters.end(),
                   [name](const Function::Parameter& parameter) { return parameter.name == name; });
  return static_cast<size_t>(found - function.parameters.begin());
}

bool holds_keyword(const BoundCall& bound, std::string_view name) {
  return std::any_of(bound.keywords.begin(), bound.keywords.end(),
                     [name](const auto& keyword) { return keyword.first == name; });
}

bool bind_positional(Session& session, const Function& function, std::vector<ObjectPtr> positional,
                     BoundCall& bound) {
  const size_t parameters = function.parameters.size();
  if (!function.takes_rest && positional.size() > parameters) {
    session.fail(bound.place, fmt::format("{}() takes {} arguments but {} were given.",
                                          function.name, parameters, positional.size()));
    return false;
  }
  for (size_t i = 0; i < positional.size(); ++i) {
    if (i >= parameters) {
      bound.rest.push_back(std::move(positional[i]));
      continue;
    }
    bound.values[i] = std::move(positional[i]);
    bound.given[i] = true;
  }
  return true;
}

bool bind_keyword(Session& session, const Function& function, const std::string& name,
                  ObjectPtr value, BoundCall& bound) {
  const size_t index = parameter_index(function, name);
  const bool known = index < function.parameters.size();
  if ((known && bound.given[index]) || holds_keyword(bound, name)) {
    session.fail(bound.place,
                 fmt::format("{}() got multiple values for argument '{}'", function.name, name));
    return false;
  }
  if (known) {
    bound.values[index] = std::move(value);
    bound.given[index] = true;
    return true;
  }
  if (!function.takes_keywords) {
    session.fail(bound.place,
                 fmt::format("{}() got an unexpected keyword argument '{}'", function.name, name));
    return false;
  }
  bound.keywords.emplace_back(name, std::move(value));
  return true;
}

bool bind_defaults(Session& session, const Function& function, BoundCall& bound) {
  std::vector<std::string> missing;
  for (size_t i = 0; i < function.parameters.size(); ++i) {
    if (bound.given[i]) continue;
    bound.values[i] = function.parameters[i].fallback;
    if (bound.values[i] == nullptr) missing.push_back("'" + function.parameters[i].name + "'");
  }
  if (missing.empty()) return true;
  session.fail(bound.place, fmt::format("{}() missing {} required positional arguments {}",
                                        function.name, missing.size(), fmt::join(missing, ",")));
  return false;
}

template <typename Literal>
const Literal* literal_argument(Session& session, const Object& object, std::string_view wanted,
                                std::string_view name) {
  const DraftExpressionPtr* expression = object.as<DraftExpressionPtr>();
  if (expression == nullptr) {
    return session.fail(object.place, fmt::format("Expected '{}' in arg '{}', got '{}'", wanted,
                                                  name, object_class(object)));
  }
  const Value* value = literal_of(object);
  const Literal* literal = value == nullptr ? nullptr : std::get_if<Literal>(value);
  if (literal != nullptr) return literal;
  return session.fail(object.place, fmt::format("Expected arg '{}' as type '{}', received '{}'",
                                                name, wanted, expression_kind(**expression)));
}

}  // namespace

ObjectPtr call(Session& session, const Function& function, pxl::Place place,
               CallArguments arguments) {
  BoundCall bound;
  bound.place = place;
  bound.values.resize(function.parameters.size());
  bound.given.resize(function.parameters.size());
  if (!bind_positional(session, function, std::move(arguments.positional), bound)) return nullptr;
  for (auto& [name, value] : arguments.keywords) {
    if (!bind_keyword(session, function, name, std::move(value), bound)) return nullptr;
  }
  if (!bind_defaults(session, function, bound)) return nullptr;
  return function.body(bound);
}

const std::string* string_argument(Session& session, const Object& object, std::string_view name) {
  return literal_argument<std::string>(session, object, "String", name);
}

const int64_t* int_argument(Session& session, const Object& object, std::string_view name) {
  return literal_argument<int64_t>(session, object, "Int", name);
}

DraftExpressionPtr expression_argument(Session& session, const Object& object,
                                       std::string_view name) {
  if (const auto* expression = object.as<DraftExpressionPtr>()) return *expression;
  return session.fail(object.place, fmt::format("Expected 'expression' in arg '{}', got '{}'", name,
                                                object_class(object)));
}

std::optional<std::vector<PlacedString>> strings_argument(Session& session, const Object& object,
                                                          std::string_view name) {
  std::vector<PlacedString> strings;
  const auto* collection = object.as<Object::Collection>();
  if (collection == nullptr) {
    const std::string* text = string_argument(session, object, name);
    if (text == nullptr) return std::nullopt;
    strings.push_back({*text, object.place});
    return strings;
  }
  for (size_t i = 0; i < collection->items.size(); ++i) {
    const Object& item = *collection->items[i];
    const std::string* text = string_argument(session, item, fmt::format("{} (index {})", name, i));
    if (text == nullptr) return std::nullopt;
    strings.push_back({*text, item.place});
  }
  return strings;
}

std::vector<std::string> texts(const std::vector<PlacedString>& strings) {
  std::vector<std::string> result;
  result.reserve(strings.size());
  for (const PlacedString& string : strings) result.push_back(string.text);
  return result;
}

}  // namespace pxq::local
