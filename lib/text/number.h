#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "model/row_batch.h"

namespace pxq {

// Each writer puts text at `out`, where there is room for the size named beside it, and returns the
// position after the last byte. No text depends on the locale.

inline constexpr size_t kInt64Size = 20;
char* write_int64(char* out, int64_t value);
char* write_uint64(char* out, uint64_t value);

/// The shortest text that reads back to the same double; `NaN`, `Infinity` and `-Infinity`. The
/// room is more than the text takes, as whole blocks are stored.
inline constexpr size_t kDoubleSize = 48;
char* write_double(char* out, double value);

/// `digits` digits after the point, for values that people read.
inline constexpr size_t kFixedSize = 340;
char* write_fixed(char* out, double value, int digits);

/// UUID text of 16 bytes, most significant first: 8-4-4-4-12 lower-case hex digits.
inline constexpr size_t kUuidSize = 36;
char* write_uuid(char* out, Uint128 value);
std::string uuid_text(Uint128 value);

/// A UPID as Pixie's engine spells it: `asid:pid:start` in decimal.
inline constexpr size_t kUpidSize = 44;
char* write_upid(char* out, Uint128 value);

/// Exactly `count` digits of `value`, with leading zeros.
char* write_digits(char* out, uint32_t value, int count);

/// Digits in groups of three with a space between, for people: `1 204`.
inline constexpr size_t kGroupedSize = 26;
char* write_grouped(char* out, uint64_t value);
std::string grouped(uint64_t value);

}  // namespace pxq
