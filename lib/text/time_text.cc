#include "text/time_text.h"

#include <cstring>

#include "text/digits.h"
#include "text/number.h"

namespace pxq {
namespace {

constexpr uint64_t kNsPerSecond = 1'000'000'000;
constexpr int64_t kSecondsPerDay = 86'400;

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

int64_t floor_seconds(Time64 time) {
  return floor_div(time.ns, static_cast<int64_t>(kNsPerSecond));
}

int64_t days_from_civil(int64_t year, unsigned month, unsigned day) {
  year -= month <= 2 ? 1 : 0;
  const int64_t era = floor_div(year, 400);
  const auto year_of_era = static_cast<uint32_t>(year - era * 400);
  const uint32_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  const uint32_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146097 + day_of_era - 719468;
}

int64_t civil_year(int64_t seconds) {
  return civil_from_days(floor_div(seconds, kSecondsPerDay)).year;
}

void TimeText::keep_second(int64_t second) {
  second_ = second;
  start_ns_ = static_cast<uint64_t>(second) * kNsPerSecond;
  const int64_t days = floor_div(second, kSecondsPerDay);
  const auto of_day = static_cast<uint32_t>(second - days * kSecondsPerDay);
  const Civil civil = civil_from_days(days);
  char* text = write_digits(text_, civil.year, 4);
  *text++ = '-';
  text = write_two_digits(text, civil.month);
  *text++ = '-';
  text = write_two_digits(text, civil.day);
  *text++ = 'T';
  text = write_two_digits(text, of_day / 3600);
  *text++ = ':';
  text = write_two_digits(text, of_day / 60 % 60);
  *text++ = ':';
  text = write_two_digits(text, of_day % 60);
  *text = '.';
}

char* TimeText::write_rfc3339(char* out, Time64 time) {
  uint64_t ns = static_cast<uint64_t>(time.ns) - start_ns_;
  // The second that time begins in has its start before it, where counting wraps around.
  const bool wrapped = (time.ns ^ second_) < 0;
  if (ns >= kNsPerSecond || wrapped) {
    keep_second(floor_seconds(time));
    ns = static_cast<uint64_t>(time.ns) - start_ns_;
  }
  std::memcpy(out, text_, kSecondSize);
  out = write_nine_digits(out + kSecondSize, static_cast<uint32_t>(ns));
  *out++ = 'Z';
  return out;
}

char* TimeText::write_rfc3339(char* out, Time64 time, int32_t offset, TimeDigits digits) {
  // An offset has no seconds in RFC 3339; zones of the 19th century do.
  offset -= offset % 60;
  const int64_t seconds = floor_seconds(time);
  if (seconds + offset != second_) keep_second(seconds + offset);
  std::memcpy(out, text_, kSecondSize);
  const uint64_t ns =
      static_cast<uint64_t>(time.ns) - static_cast<uint64_t>(seconds) * kNsPerSecond;
  switch (digits) {
    case TimeDigits::kNone: out += kSecondSize - 1; break;  // without the point
    case TimeDigits::kThree:
      out = write_digits(out + kSecondSize, static_cast<uint32_t>(ns / 1'000'000), 3);
      break;
    case TimeDigits::kNine:
      out = write_nine_digits(out + kSecondSize, static_cast<uint32_t>(ns));
      break;
  }
  if (offset == 0) {
    *out++ = 'Z';
    return out;
  }
  *out++ = offset < 0 ? '-' : '+';
  const auto minutes = static_cast<uint32_t>(offset < 0 ? -offset : offset) / 60;
  out = write_two_digits(out, minutes / 60);
  *out++ = ':';
  return write_two_digits(out, minutes % 60);
}

char* TimeText::write_civil(char* out, Time64 time, int32_t offset) {
  const int64_t seconds = floor_seconds(time);
  if (seconds + offset != second_) keep_second(seconds + offset);
  std::memcpy(out, text_, kSecondSize);
  out[10] = ' ';
  const uint64_t ns =
      static_cast<uint64_t>(time.ns) - static_cast<uint64_t>(seconds) * kNsPerSecond;
  return write_digits(out + kSecondSize, static_cast<uint32_t>(ns / 1'000'000), 3);
}

std::string rfc3339_text(int64_t unix_ns) {
  std::string text(TimeText::kRfc3339Size, '\0');
  TimeText().write_rfc3339(text.data(), Time64{unix_ns});
  return text;
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
