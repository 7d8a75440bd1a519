#include <algorithm>
#include <array>
#include <optional>

#include "base/number_text.h"
#include "base/trim.h"
#include "local/functions/families.h"
#include "local/functions/kernel.h"

namespace pxq::local {
namespace {

// Positions and lengths are bytes; letters and white space are those of ASCII. Results that are a
// part of an argument are views of it.

constexpr auto kContains = [](std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
};
constexpr auto kLength = [](std::string_view text) { return static_cast<int64_t>(text.size()); };
constexpr auto kFind = [](std::string_view text, std::string_view part) {
  const size_t position = text.find(part);
  return position == std::string_view::npos ? int64_t{-1} : static_cast<int64_t>(position);
};

std::string_view substring(std::string_view text, int64_t position, int64_t length) {
  if (position < 0 || length < 0 || static_cast<uint64_t>(position) > text.size()) return "";
  return text.substr(static_cast<size_t>(position), static_cast<size_t>(length));
}

constexpr char kCaseBit = 'a' - 'A';

constexpr auto kToLower = [](std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + kCaseBit);
  }
  return result;
};
constexpr auto kToUpper = [](std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - kCaseBit);
  }
  return result;
};

constexpr auto kTrim = [](std::string_view text) { return trimmed(text, " \t\n\v\f\r"); };

constexpr auto kStripPrefix = [](std::string_view prefix, std::string_view text) {
  return text.starts_with(prefix) ? text.substr(prefix.size()) : text;
};

// Decimal, with a sign and white space around it if you like; the default when it is anything else
// or does not fit.
int64_t parse_integer(std::string_view text, int64_t otherwise) {
  text = kTrim(text);
  if (text.starts_with('+')) {
    text.remove_prefix(1);
    if (text.starts_with('-')) return otherwise;
  }
  return number_from<int64_t>(text).value_or(otherwise);
}

constexpr auto kIntegerToText = [](int64_t value) { return std::to_string(value); };

std::optional<uint8_t> hex_digit(char c) {
  if (c >= '0' && c <= '9') return static_cast<uint8_t>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<uint8_t>(c - 'a' + 10);
  if (c >= 'A' && c <= 'F') return static_cast<uint8_t>(c - 'A' + 10);
  return std::nullopt;
}

// Nothing when any byte is malformed.
std::string hex_to_bytes(std::string_view text) {
  if (text.size() % 2 != 0) return {};
  std::string bytes;
  bytes.reserve(text.size() / 2);
  for (size_t i = 0; i < text.size(); i += 2) {
    const auto high = hex_digit(text[i]);
    const auto low = hex_digit(text[i + 1]);
    if (!high || !low) return {};
    bytes += static_cast<char>(*high << 4 | *low);
  }
  return bytes;
}

// \x68\x69: escapes, as Pixie writes them.
std::string bytes_to_hex(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string text;
  text.reserve(bytes.size() * 4);
  for (const char c : bytes) {
    const auto byte = static_cast<uint8_t>(c);
    text.append("\\x");
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

}  // namespace

std::vector<ScalarFunction> string_functions() {
  using Text = std::string_view;
  return {
      scalar<kContains, Text, Text>("contains"),
      scalar<kLength, Text>("length"),
      scalar<kFind, Text, Text>("find"),
      scalar<substring, Text, int64_t, int64_t>("substring"),
      scalar<kToLower, Text>("tolower"),
      scalar<kToUpper, Text>("toupper"),
      scalar<kTrim, Text>("trim"),
      scalar<kStripPrefix, Text, Text>("strip_prefix"),
      scalar<parse_integer, Text, int64_t>("atoi"),
      scalar<kIntegerToText, int64_t>("itoa"),
      scalar<hex_to_bytes, Text>("hex_to_ascii"),
      scalar<bytes_to_hex, Text>("bytes_to_hex"),
  };
}

}  // namespace pxq::local
