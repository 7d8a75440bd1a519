#include "local/plan/time_argument.h"

#include <fmt/format.h>

#include "local/plan/time_text.h"

namespace pxq::local {
namespace {

std::optional<int64_t> parse_text(const std::string& text, int64_t now_ns) {
  int64_t ns = 0;
  const auto relative = parse_duration(text);
  if (!relative) return parse_absolute_time(text);
  if (__builtin_add_overflow(now_ns, *relative, &ns)) return std::nullopt;
  return ns;
}

}  // namespace

bool time_argument(Session& session, const Object& object, std::string_view name,
                   std::optional<int64_t>& ns) {
  if (object.as<Object::None>() != nullptr) return true;
  const auto* expression = object.as<DraftExpressionPtr>();
  if (expression == nullptr) {
    session.fail(object.place, fmt::format("Expected 'expression' in arg '{}', got '{}'", name,
                                           object_class(object)));
    return false;
  }
  // The value is known to a cluster only.
  if (is_opaque(object)) return true;
  const Value* value = literal_of(object);
  if (value == nullptr) {
    session.fail(object.place, fmt::format("Expected arg '{}' as type 'Data', received '{}'", name,
                                           expression_kind(**expression)));
    return false;
  }
  ns = 0;
  if (const auto* integer = std::get_if<int64_t>(value)) ns = *integer;
  if (const auto* time = std::get_if<Time64>(value)) ns = time->ns;
  const auto* text = std::get_if<std::string>(value);
  if (text == nullptr) return true;
  ns = parse_text(*text, session.now_ns());
  if (ns) return true;
  session.fail(object.place,
               fmt::format("{}\nFailed to parse time: 'Failed to parse input'", kBadDuration));
  return false;
}

}  // namespace pxq::local
