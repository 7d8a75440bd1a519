#include "local/functions/json_text.h"

#include <array>
#include <charconv>
#include <cmath>

namespace pxq::local {
namespace {

// A double as its shortest digits d1d2d3... and the position of the point: 0.d1d2d3 * 10^point.
struct Decimal {
  std::string digits;
  int point = 0;
};

Decimal shortest_decimal(double value) {
  std::array<char, 40> text;
  const auto end =
      std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::scientific);
  const std::string_view all(text.data(), static_cast<size_t>(end.ptr - text.data()));
  const size_t exponent = all.find('e');
  Decimal decimal;
  for (const char c : all.substr(0, exponent)) {
    if (c != '.') decimal.digits += c;
  }
  const size_t first = exponent + (all[exponent + 1] == '+' ? 2 : 1);
  std::from_chars(all.data() + first, all.data() + all.size(), decimal.point);
  ++decimal.point;
  return decimal;
}

void append_layout(std::string& json, const Decimal& decimal) {
  constexpr int kWidestPlain = 21;
  constexpr int kMostLeadingZeros = 6;
  const auto& [digits, point] = decimal;
  const int count = static_cast<int>(digits.size());
  if (point >= count && point <= kWidestPlain) {
    json.append(digits).append(static_cast<size_t>(point - count), '0').append(".0");
  } else if (point > 0 && point <= kWidestPlain) {
    const auto split = static_cast<size_t>(point);
    json.append(digits, 0, split).append(".").append(digits, split);
  } else if (point > -kMostLeadingZeros && point <= 0) {
    json.append("0.").append(static_cast<size_t>(-point), '0').append(digits);
  } else {
    json.append(digits, 0, 1);
    if (count > 1) json.append(".").append(digits, 1);
    json.append("e").append(std::to_string(point - 1));
  }
}

}  // namespace

void append_json_string(std::string& json, std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  json += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    switch (c) {
      case '"': json.append("\\\""); break;
      case '\\': json.append("\\\\"); break;
      case '\b': json.append("\\b"); break;
      case '\f': json.append("\\f"); break;
      case '\n': json.append("\\n"); break;
      case '\r': json.append("\\r"); break;
      case '\t': json.append("\\t"); break;
      default:
        if (byte < 0x20) {
          json.append("\\u00");
          json += kDigits[byte >> 4];
          json += kDigits[byte & 15];
        } else {
          json += c;
        }
    }
  }
  json += '"';
}

void append_json_number(std::string& json, double value) {
  if (!std::isfinite(value)) {
    json.append("null");
    return;
  }
  if (std::signbit(value)) json += '-';
  if (value == 0) {
    json.append("0.0");
    return;
  }
  append_layout(json, shortest_decimal(std::abs(value)));
}

}  // namespace pxq::local
