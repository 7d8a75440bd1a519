#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pxq::pxl {

/// The value of a string token, written with its prefix and quotes. A `u` prefix turns `unicode`
/// on, and it stays on for the literals joined to it; no escape is processed then, nor in raw
/// strings.
std::string string_value(std::string_view token, bool& unicode);

/// The digits of an integer token without `0x`, `0o` or `0b`: the reference reads all as decimal.
std::string_view integer_digits(std::string_view token);

/// The value of those digits, none where they are not decimal or beyond 2^63-1.
std::optional<int64_t> integer_value(std::string_view digits);

/// The value of a float token, infinite where it is too large; none for `1e` and `1e+`.
std::optional<double> float_value(std::string_view token);

}  // namespace pxq::pxl
