#pragma once

#include <concepts>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace pxq {

/// Text for a JSON document of ours: JSON is UTF-8 and names are not always, so other bytes take
/// the reversible form of text/json.h; original_bytes() undoes it.
std::string json_text(std::string_view bytes);

/// The bytes of such a member. Throws the library's exception where it is missing or no text.
std::string text_member(const nlohmann::ordered_json& object, const char* name);

/// The whole number that a value of a JSON document is. nullopt where it is no number, lies beyond
/// what `Number` holds, or has a fraction or an exponent, which no writer of whole numbers writes
/// (5.0 is refused too). The library's own get<>() cuts a fraction off, wraps what is too large,
/// and has no meaning for 1e300.
template <std::integral Number, typename Json>
std::optional<Number> whole_number(const Json& value) {
  if (value.is_number_unsigned()) {
    const auto number = value.template get<uint64_t>();
    if (std::in_range<Number>(number)) return static_cast<Number>(number);
  } else if (value.is_number_integer()) {
    const auto number = value.template get<int64_t>();
    if (std::in_range<Number>(number)) return static_cast<Number>(number);
  }
  return std::nullopt;
}

/// The whole number that a value must be. Throws the library's exception where it is none.
template <std::integral Number>
Number whole(const nlohmann::ordered_json& value) {
  if (const auto number = whole_number<Number>(value)) return *number;
  throw nlohmann::ordered_json::type_error::create(302, "no whole number that fits", &value);
}

/// The whole number of a member. Throws the library's exception where it is missing or is none.
template <std::integral Number>
Number whole_member(const nlohmann::ordered_json& object, const char* name) {
  return whole<Number>(object.at(name));
}

/// The whole number of a member that may be left out. Throws the library's exception where it is
/// there and is none.
template <std::integral Number>
std::optional<Number> whole_member_if_there(const nlohmann::ordered_json& object,
                                            const char* name) {
  const auto found = object.find(name);
  if (found == object.end()) return std::nullopt;
  return whole<Number>(*found);
}

/// The document as text with a final LF.
std::string document_text(const nlohmann::ordered_json& document);

}  // namespace pxq
