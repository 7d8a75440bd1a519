#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "model/row_batch.h"

namespace pxq {

class TimeZone;

/// Digits behind the second.
enum class TimeDigits { kNone, kThree, kNine };

/// Writes points in time as text. Keeps the text of the last second, because neighbouring rows
/// mostly share it: one for each column that is written, in one of the three forms.
class TimeText {
 public:
  TimeText() { keep_second(0); }

  /// `2026-11-23T15:39:01.123456789Z`: RFC 3339 in UTC, always nine digits and of this size.
  static constexpr size_t kRfc3339Size = 30;
  char* write_rfc3339(char* out, Time64 time);

  /// The same on a clock that is `offset` seconds ahead of UTC, which is cut to whole minutes since
  /// RFC 3339 has no others: `2026-11-23T16:39:01.123456789+01:00`, or Z for UTC; of this size at
  /// most. Digits that are left out are cut, not rounded.
  static constexpr size_t kZonedSize = 35;
  char* write_rfc3339(char* out, Time64 time, int32_t offset, TimeDigits digits);

  /// `2026-11-23 15:39:01.123` on a clock that is `offset` seconds ahead of UTC; of this size.
  static constexpr size_t kCivilSize = 23;
  char* write_civil(char* out, Time64 time, int32_t offset);
  /// The same on the clock of `zone`, which is the same at each call, and is asked once for a
  /// second.
  char* write_civil(char* out, Time64 time, const TimeZone& zone);

 private:
  static constexpr size_t kSecondSize = 20;
  void keep_second(int64_t second);

  int64_t second_ = 0;
  uint64_t start_ns_ = 0;             // of that second, modulo 2^64
  char text_[kSecondSize] = {};       // 2026-11-23T15:39:01.
  int64_t zoned_second_ = INT64_MIN;  // in UTC, of the text of the last write_civil() with a zone
  uint64_t zoned_start_ns_ = 0;       // of that second, modulo 2^64
};

/// One moment alone, as write_rfc3339() has it in UTC: for documents, not for cells.
std::string rfc3339_text(int64_t unix_ns);

/// Seconds since 1970 as a decimal number with nine digits after the point.
inline constexpr size_t kUnixSize = 22;
char* write_unix(char* out, Time64 time);

/// The whole seconds at or before `time`.
int64_t floor_seconds(Time64 time);

/// The number of days from 1970-01-01 to a day of the proleptic Gregorian calendar.
int64_t days_from_civil(int64_t year, unsigned month, unsigned day);

/// The year in which `seconds` since 1970 fall, in UTC.
int64_t civil_year(int64_t seconds);

}  // namespace pxq
