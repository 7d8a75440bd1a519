#include "text/time_text.h"

#include <cstring>

#include "text/digits.h"
#include "text/number.h"

namespace pxq {
namespace {

constexpr int64_t kNsPerSecond = 1'000'000'000;

int64_t floor_div(int64_t value, int64_t divisor) {
  return value / divisor - (value % divisor < 0 ? 1 : 0);
}

struct Civil {
  uint32_t year;
  uint32_t month;
  uint32_t day;
};

// Eras of 400 years that start on 1 March, so that the leap day comes last.
Civil civil_from_days(int64_t days) {
  const int64_t shifted = days + 719468;
  const int64_t era = floor_div(shifted, 146097);
  const auto day_of_era = static_cast<uint32_t>(shifted - era * 146097);
  const uint32_t year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const uint32_t day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const uint32_t month_from_march = (5 * day_of_year + 2) / 153;
  const uint32_t day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
  const uint32_t month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
  const int64_t year = era * 400 + year_of_era + (month <= 2 ? 1 : 0);
  return {static_cast<uint32_t>(year), month, day};
}

}  // namespace

int64_t floor_seconds(Time64 time) { return floor_div(time.ns, kNsPerSecond); }

int64_t days_from_civil(int64_t year, unsigned month, unsigned day) {
  year -= month <= 2 ? 1 : 0;
  const int64_t era = floor_div(year, 400);
  const auto year_of_era = static_cast<uint32_t>(year - era * 400);
  const uint32_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  const uint32_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146097 + day_of_era - 719468;
}

int64_t civil_year(int64_t seconds) { return civil_from_days(floor_div(seconds, 86400)).year; }

char* TimeText::write_minute(char* out, int64_t minute, char separator) {
  if (minute != minute_) {
    minute_ = minute;
    const int64_t days = floor_div(minute, 24 * 60);
    const auto minute_of_day = static_cast<uint32_t>(minute - days * 24 * 60);
    const Civil civil = civil_from_days(days);
    char* text = write_digits(minute_text_, civil.year, 4);
    *text++ = '-';
    text = write_two_digits(text, civil.month);
    *text++ = '-';
    text = write_two_digits(text, civil.day);
    *text++ = separator;
    text = write_two_digits(text, minute_of_day / 60);
    *text++ = ':';
    text = write_two_digits(text, minute_of_day % 60);
    *text = ':';
  }
  std::memcpy(out, minute_text_, kMinuteSize);
  return out + kMinuteSize;
}

char* TimeText::write_rfc3339(char* out, Time64 time) {
  const int64_t seconds = floor_seconds(time);
  const int64_t minute = floor_div(seconds, 60);
  out = write_minute(out, minute, 'T');
  out = write_two_digits(out, static_cast<uint32_t>(seconds - minute * 60));
  *out++ = '.';
  const int64_t ns = time.ns % kNsPerSecond;
  out = write_nine_digits(out, static_cast<uint32_t>(ns < 0 ? ns + kNsPerSecond : ns));
  *out++ = 'Z';
  return out;
}

char* TimeText::write_civil(char* out, Time64 time, int32_t offset) {
  const int64_t seconds = floor_seconds(time) + offset;
  const int64_t minute = floor_div(seconds, 60);
  out = write_minute(out, minute, ' ');
  out = write_two_digits(out, static_cast<uint32_t>(seconds - minute * 60));
  *out++ = '.';
  const int64_t ns = time.ns % kNsPerSecond;
  const int64_t fraction = ns < 0 ? ns + kNsPerSecond : ns;
  return write_digits(out, static_cast<uint32_t>(fraction / 1'000'000), 3);
}

char* write_unix(char* out, Time64 time) {
  auto magnitude = static_cast<uint64_t>(time.ns);
  if (time.ns < 0) {
    *out++ = '-';
    magnitude = 0 - magnitude;
  }
  out = write_uint64(out, magnitude / kNsPerSecond);
  *out++ = '.';
  return write_nine_digits(out, static_cast<uint32_t>(magnitude % kNsPerSecond));
}

}  // namespace pxq
