#pragma once

#include <string>
#include <string_view>

namespace pxq::local {

/// Appends a JSON string. Bytes that are not UTF-8 pass as they are.
void append_json_string(std::string& json, std::string_view text);

/// Appends a number that always reads back as a double ("5.0"), laid out as Pixie's writer does;
/// null when JSON has no such number.
void append_json_number(std::string& json, double value);

}  // namespace pxq::local
