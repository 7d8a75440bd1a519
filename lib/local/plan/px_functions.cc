#include "local/plan/px_functions.h"

#include <charconv>
#include <limits>
#include <optional>

#include <fmt/format.h>

#include "local/functions/function.h"
#include "local/plan/time_argument.h"
#include "local/plan/time_text.h"
#include "local/plan/time_units.h"

namespace pxq::local {
namespace {

// Outputs.

const DraftOperator* displayed_frame(Session& session, const Object& object) {
  if (const auto* frame = object.as<Object::Frame>()) return frame->op;
  return session.fail(object.place,
                      fmt::format("Expected DataFrame, received {}", object_name(object)));
}

ObjectPtr display(Session& session, const DraftOperator*, const BoundCall& call) {
  // With functions to run, Pixie ignores the call whatever it says.
  if (session.function_based()) return make_object(call.place, Object::None());
  const DraftOperator* frame = displayed_frame(session, *call.values[0]);
  if (frame == nullptr) return nullptr;
  const std::string* name = string_argument(session, *call.values[1], "name");
  if (name == nullptr) return nullptr;
  session.add_sink(*name, frame);
  return make_object(call.place, Object::None());
}

ObjectPtr debug(Session& session, const DraftOperator*, const BoundCall& call) {
  const DraftOperator* frame = displayed_frame(session, *call.values[0]);
  if (frame == nullptr) return nullptr;
  const std::string* name = string_argument(session, *call.values[1], "name");
  if (name == nullptr) return nullptr;
  const std::string base = "_" + *name;
  std::string table = base;
  for (int i = 1; session.reserved_names.contains(table); ++i) {
    table = fmt::format("{}_{}", base, i);
  }
  session.add_sink(std::move(table), frame);
  return make_object(call.place, Object::None());
}

// Times.

ObjectPtr now(Session& session, const DraftOperator*, const BoundCall& call) {
  return make_literal(call.place, session.now_ns());
}

template <int64_t kUnit>
ObjectPtr duration(Session& session, const DraftOperator*, const BoundCall& call) {
  const int64_t* count = int_argument(session, *call.values[0], "unit");
  if (count == nullptr) return nullptr;
  // Wraps, as integers do everywhere in PxL.
  const auto ns = static_cast<uint64_t>(*count) * static_cast<uint64_t>(kUnit);
  return make_literal(call.place, static_cast<int64_t>(ns));
}

ObjectPtr parse_duration_text(Session& session, const DraftOperator*, const BoundCall& call) {
  const std::string* text = string_argument(session, *call.values[0], "duration");
  if (text == nullptr) return nullptr;
  const auto ns = parse_duration(*text);
  if (!ns) return session.fail(call.values[0]->place, std::string(kBadDuration));
  return make_literal(call.place, *ns);
}

ObjectPtr format_duration_text(Session& session, const DraftOperator*, const BoundCall& call) {
  const int64_t* ns = int_argument(session, *call.values[0], "duration");
  if (ns == nullptr) return nullptr;
  return make_literal(call.place, format_duration(*ns));
}

ObjectPtr parse_time(Session& session, const DraftOperator*, const BoundCall& call) {
  if (is_opaque(*call.values[0])) return call.values[0];
  std::optional<int64_t> ns;
  if (!time_argument(session, *call.values[0], "time", ns)) return nullptr;
  if (!ns) {
    return session.fail(call.values[0]->place, "Expected 'expression' in arg 'time', got 'none'");
  }
  return make_literal(call.place, Time64{*ns});
}

// Values.

/// The 32 hex digits of a UUID in its dashed form.
std::optional<Uint128> parse_uuid(std::string_view text) {
  if (text.size() != 36) return std::nullopt;
  std::string digits;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash != (text[i] == '-')) return std::nullopt;
    if (!dash) digits += text[i];
  }
  Uint128 value;
  const char* middle = digits.data() + 16;
  const char* end = digits.data() + 32;
  if (std::from_chars(digits.data(), middle, value.high, 16).ptr != middle) return std::nullopt;
  if (std::from_chars(middle, end, value.low, 16).ptr != end) return std::nullopt;
  return value;
}

ObjectPtr uint128(Session& session, const DraftOperator*, const BoundCall& call) {
  const std::string* text = string_argument(session, *call.values[0], "uuid");
  if (text == nullptr) return nullptr;
  const auto value = parse_uuid(*text);
  if (!value) {
    return session.fail(call.values[0]->place, fmt::format("'{}' is not a valid UUID", *text));
  }
  return make_literal(call.place, *value);
}

std::optional<uint64_t> id_argument(Session& session, const Object& object, std::string_view name) {
  constexpr int64_t kMax = std::numeric_limits<uint32_t>::max();
  const int64_t* id = int_argument(session, object, name);
  if (id == nullptr) return std::nullopt;
  if (*id >= 0 && *id <= kMax) return static_cast<uint64_t>(*id);
  session.fail(object.place,
               fmt::format("{} value '{}' out of range for a 32-bit number (min is 0 and max is "
                           "{})",
                           name, *id, kMax));
  return std::nullopt;
}

ObjectPtr make_upid(Session& session, const DraftOperator*, const BoundCall& call) {
  const auto asid = id_argument(session, *call.values[0], "asid");
  if (!asid) return nullptr;
  const auto pid = id_argument(session, *call.values[1], "pid");
  if (!pid) return nullptr;
  const int64_t* start = int_argument(session, *call.values[2], "ts_ns");
  if (start == nullptr) return nullptr;
  DraftExpression upid;
  upid.place = call.place;
  upid.node = DraftExpression::Literal{Uint128{*asid << 32 | *pid, static_cast<uint64_t>(*start)}};
  upid.cast = Cast{DataType::kUint128, SemanticType::kUpid};
  return make_expression(std::make_shared<const DraftExpression>(std::move(upid)));
}

ObjectPtr equals_any(Session& session, const DraftOperator*, const BoundCall& call) {
  const DraftExpressionPtr value = expression_argument(session, *call.values[0], "value");
  if (value == nullptr) return nullptr;
  const Object& comparisons = *call.values[1];
  const auto* collection = comparisons.as<Object::Collection>();
  if (collection == nullptr) {
    return session.fail(comparisons.place, "'comparisons' must be a collection");
  }
  if (collection->items.empty()) {
    return session.fail(comparisons.place, "'comparisons' cannot be an empty collection");
  }
  DraftExpressionPtr any;
  for (size_t i = 0; i < collection->items.size(); ++i) {
    const Object& item = *collection->items[i];
    const auto* expression = item.as<DraftExpressionPtr>();
    if (expression == nullptr) {
      return session.fail(item.place,
                          fmt::format("Expected item in index {} be an expression, received {}", i,
                                      object_name(item)));
    }
    DraftExpressionPtr equal = session.add_call(item.place, "equal", {value, *expression});
    if (equal == nullptr) return nullptr;
    any = any == nullptr ? equal : session.add_call(item.place, "logicalOr", {any, equal});
    if (any == nullptr) return nullptr;
  }
  return make_expression(any);
}

/// An argument of a script reference: a string, a column or a function.
DraftExpressionPtr text_like(Session& session, const Object& object, std::string_view name,
                             std::string_view refusal) {
  DraftExpressionPtr expression = expression_argument(session, object, name);
  if (expression == nullptr) return nullptr;
  const std::string_view kind = expression_kind(*expression);
  if (kind == "String" || kind == "Column" || kind == "Func" || kind == "Metadata") {
    return expression;
  }
  return session.fail(expression->place, fmt::format("{}, received {}", refusal, kind));
}

bool add_reference_arguments(Session& session, const Object& object,
                             std::vector<DraftExpressionPtr>& arguments) {
  const auto* dict = object.as<Object::Dict>();
  if (dict == nullptr) {
    session.fail(object.place,
                 fmt::format("Expected third argument 'args' of function 'script_reference' to be "
                             "a dictionary, received {}",
                             object_name(object)));
    return false;
  }
  for (size_t i = 0; i < dict->keys.size(); ++i) {
    if (string_argument(session, *dict->keys[i], "key") == nullptr) return false;
    arguments.push_back(*dict->keys[i]->as<DraftExpressionPtr>());
    arguments.push_back(text_like(session, *dict->values[i], "label",
                                  "Expected dictionary values to be of type string, column, or "
                                  "function in third argument 'args' to function "
                                  "'script_reference'"));
    if (arguments.back() == nullptr) return false;
  }
  return true;
}

ObjectPtr script_reference(Session& session, const DraftOperator*, const BoundCall& call) {
  std::vector<DraftExpressionPtr> arguments;
  for (const size_t i : {0U, 1U}) {
    const std::string_view name = i == 0 ? "label" : "script";
    arguments.push_back(text_like(
        session, *call.values[i], name,
        fmt::format("Expected first argument '{}' of function 'script_reference' to be of type "
                    "string, column, or function",
                    name)));
    if (arguments.back() == nullptr) return nullptr;
  }
  if (!add_reference_arguments(session, *call.values[2], arguments)) return nullptr;
  DraftExpressionPtr reference =
      session.add_call(call.place, "_script_reference", std::move(arguments));
  return reference == nullptr ? nullptr : make_expression(std::move(reference));
}

const std::vector<Builtin>& functions() {
  static const std::vector<Builtin> kFunctions = {
      {"display",
       {{"out", nullptr}, {"name", make_literal({}, "output")}, {"cols", make_list({}, {})}},
       display},
      {"debug",
       {{"out", nullptr}, {"name", make_literal({}, "output")}, {"cols", make_list({}, {})}},
       debug},
      {"now", {}, now},
      {"days", {{"unit", nullptr}}, duration<24 * kHour>},
      {"hours", {{"unit", nullptr}}, duration<kHour>},
      {"minutes", {{"unit", nullptr}}, duration<kMinute>},
      {"seconds", {{"unit", nullptr}}, duration<kSecond>},
      {"milliseconds", {{"unit", nullptr}}, duration<kMillisecond>},
      {"microseconds", {{"unit", nullptr}}, duration<kMicrosecond>},
      {"parse_duration", {{"duration", nullptr}}, parse_duration_text},
      {"format_duration", {{"duration", nullptr}}, format_duration_text},
      {"parse_time", {{"time", nullptr}}, parse_time},
      {"uint128", {{"uuid", nullptr}}, uint128},
      {"make_upid", {{"asid", nullptr}, {"pid", nullptr}, {"ts_ns", nullptr}}, make_upid},
      {"equals_any", {{"value", nullptr}, {"comparisons", nullptr}}, equals_any},
      {"script_reference",
       {{"label", nullptr}, {"script", nullptr}, {"args", make_object({}, Object::Dict())}},
       script_reference},
  };
  return kFunctions;
}

}  // namespace

std::vector<std::string> px_function_names() {
  std::vector<std::string> names;
  for (const Builtin& function : functions()) names.emplace_back(function.name);
  return names;
}

const Builtin* find_px_function(std::string_view name) {
  // The reference is a call of a registered function, and exists only with it.
  if (name == "script_reference" && !is_scalar_name("_script_reference")) return nullptr;
  for (const Builtin& function : functions()) {
    if (function.name == name) return &function;
  }
  return nullptr;
}

}  // namespace pxq::local
