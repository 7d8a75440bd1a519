#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace pxq::local {

/// A value found in a JSON text: a number, the contents of a string, or anything else (object,
/// array, boolean) rewritten without white space.
struct JsonText {
  std::string text;
};
using JsonMember = std::variant<int64_t, double, std::string, JsonText>;

/// The first member of the object `json` with that key, or element of the array `json` at that
/// index. Nothing when `json` is malformed anywhere, is another kind of value, has no such member,
/// or the member is null. Works without recursion, so depth is no danger.
std::optional<JsonMember> json_member(std::string_view json, std::string_view key);
std::optional<JsonMember> json_element(std::string_view json, size_t index);

/// What stands for the member where a string is wanted.
std::string to_text(JsonMember&& member);

/// Whether `json` is an array in which `text` comes before any element that is not a string;
/// nothing when it is not a well-formed array.
std::optional<bool> json_array_contains(std::string_view json, std::string_view text);

}  // namespace pxq::local
