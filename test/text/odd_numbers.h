#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace pxq::fake {

/// What no writer of whole numbers writes in place of one, as JSON.
inline const std::vector<std::string>& odd_numbers() {
  static const std::vector<std::string> kOdd = {
      "1e300",
      "-1.5e30",
      "1.5",
      "5.0",
      "1e3",
      "18446744073709551616",  // 2^64
      "-9223372036854775809",
      "\"7\"",
      "true",
      "null",
      "[7]",
  };
  return kOdd;
}

/// The document with another value at that place, such as "/files/0/bytes".
inline std::string with_value(const std::string& document, const std::string& place,
                              const std::string& value) {
  auto json = nlohmann::ordered_json::parse(document);
  json[nlohmann::ordered_json::json_pointer(place)] = nlohmann::ordered_json::parse(value);
  return json.dump();
}

/// The places of all whole numbers of a document.
inline std::vector<std::string> number_places(const std::string& document) {
  std::vector<std::string> places;
  const auto flat = nlohmann::ordered_json::parse(document).flatten();
  for (const auto& [place, value] : flat.items()) {
    if (value.is_number_integer()) places.push_back(place);
  }
  return places;
}

/// The document once for each of its numbers and each value that is odd there.
inline std::vector<std::string> with_odd_numbers(const std::string& document) {
  std::vector<std::string> all;
  for (const std::string& place : number_places(document)) {
    for (const std::string& odd : odd_numbers()) all.push_back(with_value(document, place, odd));
  }
  return all;
}

}  // namespace pxq::fake
