#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "local/plan/object.h"
#include "local/plan/session.h"

namespace pxq::local {

/// Arguments as a call wrote them.
struct CallArguments {
  std::vector<ObjectPtr> positional;
  std::vector<std::pair<std::string, ObjectPtr>> keywords;
};

/// Binds the arguments to the function's parameters and runs it. Null after an error.
ObjectPtr call(Session& session, const Function& function, pxl::Place place,
               CallArguments arguments);

// What a function may ask of its arguments. Each reports and returns null when it is refused;
// `name` is the argument's name in the message.

const std::string* string_argument(Session& session, const Object& object, std::string_view name);
const int64_t* int_argument(Session& session, const Object& object, std::string_view name);
DraftExpressionPtr expression_argument(Session& session, const Object& object,
                                       std::string_view name);

/// A string of a script and where it stands.
struct PlacedString {
  std::string text;
  pxl::Place place;
};
/// One string, or a list or tuple of strings.
std::optional<std::vector<PlacedString>> strings_argument(Session& session, const Object& object,
                                                          std::string_view name);

std::vector<std::string> texts(const std::vector<PlacedString>& strings);

}  // namespace pxq::local
